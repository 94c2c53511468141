import {
  type Batch,
  batchContentType,
  CloudEventError,
  encodeBatch,
  encodeBinary,
  type ForewarnEvent,
  RejectError,
  structuredContentType,
} from "@forewarn/sdk";
import { type BodyTemplate, compileBody } from "./body.ts";
import { urlOf } from "./check-options.ts";
import type { Preset } from "./presets/preset.ts";
import { presets } from "./presets/presets.ts";
import type { WebhookOptions } from "./webhook-options.ts";

/** What one request says. */
export interface Message {
  /** Where to, if not to the sink's URL. */
  readonly url?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

/** Makes the request for the event at an index of a batch; undefined where there is nothing to send. Throws a `RejectError`. */
export type Compose = (batch: Batch, index: number) => Message | undefined;

/** The way of writing that the options ask for. Throws a `MisconfiguredError` for a template that is wrong. */
export function composer(options: WebhookOptions): Compose {
  const { body, contentType, preset, mode } = options;
  if (preset !== undefined) return fromPreset(presets[preset], options);
  if (body !== undefined) return fromTemplate(compileBody(body, contentType));
  switch (mode) {
    case "structured":
      return (batch, index) => ({
        headers: { "content-type": structuredContentType },
        body: batch.encoded[index] ?? "",
      });
    case "batched":
      return (batch) => ({ headers: { "content-type": batchContentType }, body: encodeBatch(batch.encoded) });
    case "binary":
      return (batch, index) => binary(batch.encoded[index] ?? "");
  }
}

function fromPreset(preset: Preset, options: WebhookOptions): Compose {
  const about = { ...options, url: urlOf(options) };
  return (batch, index) => preset.request(batch.events[index] as ForewarnEvent, about);
}

function fromTemplate({ contentType, render }: BodyTemplate): Compose {
  const headers = { "content-type": contentType };
  return (batch, index) => ({ headers, body: render(batch.events[index] as ForewarnEvent) });
}

function binary(encoded: string): Message {
  try {
    return encodeBinary(encoded);
  } catch (cause) {
    if (cause instanceof CloudEventError) throw new RejectError(cause.message, { cause });
    throw cause;
  }
}
