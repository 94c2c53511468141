import { type Batch, checkAll, defineSink } from "@forewarn/sdk";
import { settle } from "./answer.ts";
import { checkOptions, urlOf } from "./check-options.ts";
import { createHandshake } from "./handshake.ts";
import { composer } from "./message.ts";
import { oneByOne } from "./one-by-one.ts";
import type { Preset } from "./presets/preset.ts";
import { presets } from "./presets/presets.ts";
import { createSign, messageId, parseSecret, type Sign } from "./signature.ts";
import { WebhookOptions } from "./webhook-options.ts";

const defaultOrigin = "forewarn.invalid";

/**
 * Posts events to an HTTP endpoint: as CloudEvents, from a template, or as a service wants them. It has no probe: what
 * answers HEAD or OPTIONS need not take a POST, so only an event can tell, and the agent sends the oldest one that waits.
 */
export const webhook = defineSink({
  type: "webhook",
  summary:
    "Posts events to an HTTP endpoint: as CloudEvents, signed as Standard Webhooks; from a template; or as Teams, PagerDuty, Opsgenie or Discord want them.",
  options: WebhookOptions,
  batch: ({ mode }) => (mode === "batched" ? { maxEvents: 100, maxBytes: "256kB" } : { maxEvents: 1 }),
  concurrency: ({ mode, handshake, preset }) => {
    if (preset !== undefined) return presets[preset].concurrency;
    return mode === "batched" || handshake === true ? 1 : 8;
  },
  check(options) {
    checkAll([() => checkOptions(options), () => void composer(options)]);
  },
  open(options, context) {
    checkOptions(options);
    const { request, clock } = context;
    const { mode, headers = {}, origin = defaultOrigin, requestRate } = options;
    const url = urlOf(options);
    const compose = composer(options);
    const preset: Preset | undefined = options.preset === undefined ? undefined : presets[options.preset];
    const sign = signer(options);
    const rate = requestRate === undefined ? {} : { requestRate };
    const handshake =
      options.handshake === true ? createHandshake({ url, headers, origin, ...rate }, context) : undefined;

    async function post(batch: Batch, index: number, signal: AbortSignal): Promise<void> {
      const message = compose(batch, index);
      if (message === undefined) return;
      await handshake?.admit(signal);
      const id = idOf(batch, index, mode === "batched" || (sign === undefined && batch.encoded.length === 1));
      const response = await request(message.url ?? url, {
        method: "POST",
        headers: {
          ...headers,
          ...message.headers,
          ...handshake?.headers,
          "idempotency-key": id,
          ...sign?.(id, message.body, clock.now()),
        },
        body: message.body,
        signal,
      });
      await settle(response, clock.now(), preset?.misconfigured);
    }

    return {
      async deliver(batch, { signal }) {
        try {
          if (mode === "batched") await post(batch, 0, signal);
          else await oneByOne(batch.encoded.length, (index) => post(batch, index, signal));
        } catch (error) {
          // Whatever a person then corrects, the receiver may no longer consent.
          if (isMisconfigured(error)) handshake?.forget();
          throw error;
        }
      },
    };
  },
});

/** Signs with the current secret, then the old one; undefined where there is none. */
function signer({ secret, previousSecret }: WebhookOptions): Sign | undefined {
  const keys = Object.entries({ secret, previousSecret }).flatMap(([option, value]) =>
    value === undefined ? [] : [parseSecret(option, value)],
  );
  return keys.length === 0 ? undefined : createSign(keys);
}

/** The same for each attempt: of the batch, or of the event at an index, which has to be parsed for it. */
function idOf(batch: Batch, index: number, ofBatch: boolean): string {
  const event = ofBatch ? undefined : batch.events[index];
  return event === undefined ? `msg_${batch.id}` : messageId(`${event.source}|${event.id}`);
}

function isMisconfigured(error: unknown): boolean {
  const { code, cause } = error as { readonly code?: unknown; readonly cause?: unknown };
  if (code === "FOREWARN_PARTIAL_DELIVERY") return isMisconfigured(cause);
  return code === "FOREWARN_MISCONFIGURED";
}
