import {
  type Batch,
  type BinaryMessage,
  CloudEventError,
  MisconfiguredError,
  RejectError,
  type Response,
  Secret,
  Type,
  batchContentType,
  defineSink,
  deliveryError,
  encodeBatch,
  encodeBinary,
  structuredContentType,
} from "@forewarn/sdk";
import { createSign, messageId, parseSecret } from "./signature.ts";

const whsec = "^whsec_[A-Za-z0-9+/]{32,86}={0,2}$";

type Mode = "structured" | "binary" | "batched";

/**
 * Posts events as CloudEvents. It has no probe: what answers HEAD or OPTIONS need not take a POST, so only an event
 * can tell, and the agent sends the oldest one that waits.
 */
export const webhook = defineSink({
  type: "webhook",
  summary: "Posts events to an HTTP endpoint as CloudEvents, signed as Standard Webhooks.",
  options: Type.Object(
    {
      url: Type.String({
        format: "uri",
        pattern: "^[Hh][Tt][Tt][Pp][Ss]?://[^/?#@]+([/?#].*)?$",
        description:
          "Where events are posted: `http` or `https`, without user and password (use `headers`). Redirects are not followed.",
      }),
      mode: Type.Enum(["structured", "binary", "batched"], {
        default: "structured",
        description:
          "`structured`: one event per request, the whole event as JSON. `binary`: one event per request, its attributes as `ce-` headers, its data as the body. `batched`: up to 100 events or 256 kB per request as a JSON array, for a receiver that asks for it.",
      }),
      headers: Type.Optional(
        Type.Record(Type.String(), Secret(), {
          description: "Sent with every request, such as `authorization`; the values are secrets.",
        }),
      ),
      secret: Type.Optional(
        Secret({
          pattern: whsec,
          description:
            "Signs every request as Standard Webhooks: `whsec_` and the Base64 of 24 to 64 random bytes.",
        }),
      ),
      previousSecret: Type.Optional(
        Secret({
          pattern: whsec,
          description:
            "During a change of `secret`: the old one. Requests carry both signatures, so receivers may change at any time.",
        }),
      ),
    },
    { additionalProperties: false },
  ),
  batch: ({ mode }) => (mode === "batched" ? { maxEvents: 100, maxBytes: "256kB" } : { maxEvents: 1 }),
  concurrency: ({ mode }) => (mode === "batched" ? 1 : 8),
  open({ url, mode, headers = {}, secret, previousSecret }, { request, clock }) {
    checkUrl(url);
    checkHeaders(headers);
    if (previousSecret !== undefined && secret === undefined) {
      throw new MisconfiguredError("option previousSecret: means nothing without the option secret");
    }
    const secrets = { secret, previousSecret };
    const keys = Object.entries(secrets).flatMap(([option, value]) =>
      value === undefined ? [] : [parseSecret(option, value)],
    );
    const sign = keys.length === 0 ? undefined : createSign(keys);

    return {
      async deliver(batch, { signal }) {
        const message = encode(batch, mode);
        const signature = sign?.(idOf(batch, mode), message.body, clock.now());
        const response = await request(url, {
          method: "POST",
          headers: { ...headers, ...message.headers, ...signature },
          body: message.body,
          signal,
        });
        await settle(response, clock.now());
      },
    };
  },
});

function encode(batch: Batch, mode: Mode): BinaryMessage {
  const [first = ""] = batch.encoded;
  if (mode === "structured") return { headers: { "content-type": structuredContentType }, body: first };
  if (mode === "batched")
    return { headers: { "content-type": batchContentType }, body: encodeBatch(batch.encoded) };
  try {
    return encodeBinary(first);
  } catch (cause) {
    if (cause instanceof CloudEventError) throw new RejectError(cause.message, { cause });
    throw cause;
  }
}

function idOf(batch: Batch, mode: Mode): string {
  const [event] = mode === "batched" ? [] : batch.events;
  return messageId(event === undefined ? batch.id : `${event.source}|${event.id}`);
}

/** The status decides; a body that breaks off changes nothing, least of all that a 2xx was delivered. */
async function settle({ statusCode: status, headers, body }: Response, now: number): Promise<void> {
  if (status >= 200 && status < 300) return body.dump().catch(() => undefined);
  const bytes = Buffer.from(await body.text().catch(() => ""));
  // `stream` leaves out a character that the cut has halved.
  const excerpt = new TextDecoder().decode(bytes.subarray(0, 2048), { stream: true });
  throw deliveryError({ status, retryAfter: headers["retry-after"], excerpt, now });
}

function checkUrl(url: string): void {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !/^https?:$/.test(parsed.protocol)) {
    throw new MisconfiguredError("option url: must be an http or https URL");
  }
  if (parsed.username !== "" || parsed.password !== "") {
    throw new MisconfiguredError(
      "option url: must hold no user and password; use the option headers: authorization",
    );
  }
}

const ownHeaders =
  /^(?:ce-.*|webhook-.*|content-(?:type|length|encoding)|host|connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|expect|metadata)$/;

function checkHeaders(headers: Readonly<Record<string, string>>): void {
  const seen = new Set<string>();
  for (const [name, value] of Object.entries(headers)) {
    const problem = headerProblem(name, value, seen);
    if (problem !== undefined) {
      throw new MisconfiguredError(`option headers: ${JSON.stringify(name)} ${problem}`);
    }
    seen.add(name.toLowerCase());
  }
}

function headerProblem(name: string, value: string, seen: ReadonlySet<string>): string | undefined {
  if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) return "is no HTTP header name";
  if (ownHeaders.test(name.toLowerCase()))
    return "cannot be set, since Forewarn or HTTP itself sets or forbids it";
  if (seen.has(name.toLowerCase())) return "is given twice";
  if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(value))
    return "has a value with a line break or another character that HTTP forbids";
  return undefined;
}
