import {
  type Clock,
  deliveryError,
  MisconfiguredError,
  outcomeOfStatus,
  type RequestFunction,
  type Response,
} from "@forewarn/sdk";
import { createPace } from "./pace.ts";

/** A receiver's consent, and the rate that goes with it (CloudEvents HTTP 1.1 Web Hooks, section 4). */
export interface Handshake {
  /** What every request carries. */
  readonly headers: Readonly<Record<string, string>>;
  /**
   * Resolves when the receiver has consented and a request may be sent. Asks it where it was not asked, or `forget`
   * was called since. Throws a `MisconfiguredError` where the answer is no consent.
   */
  admit(signal: AbortSignal): Promise<void>;
  /** Forgets the consent. */
  forget(): void;
}

/** How to ask. */
export interface HandshakeOptions {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The DNS name of this system. */
  readonly origin: string;
  /** Requests per minute to ask for. */
  readonly requestRate?: number;
}

/** A handshake that was not made yet. */
export function createHandshake(
  options: HandshakeOptions,
  { request, clock }: { readonly request: RequestFunction; readonly clock: Clock },
): Handshake {
  const { url, origin, requestRate } = options;
  const pace = createPace(clock);
  const own = { "webhook-request-origin": origin };
  let consented = false;

  async function ask(signal: AbortSignal): Promise<void> {
    const rate = requestRate === undefined ? {} : { "webhook-request-rate": String(requestRate) };
    const response = await request(url, {
      method: "OPTIONS",
      headers: { ...options.headers, ...own, ...rate },
      signal,
    });
    await response.body.dump().catch(() => undefined);
    pace.allow(allowedRate(response, options, clock.now()));
    consented = true;
  }

  return {
    headers: own,
    async admit(signal) {
      if (!consented) await ask(signal);
      await pace.turn(signal);
    },
    forget() {
      consented = false;
    },
  };
}

/** Requests per minute, undefined for any number; throws where the answer is no consent. */
function allowedRate(
  { statusCode: status, headers }: Response,
  { origin, requestRate }: HandshakeOptions,
  now: number,
): number | undefined {
  const allowed = textOf(headers["webhook-allowed-origin"]);
  const rate = textOf(headers["webhook-allowed-rate"]);
  // The status does not decide, but a server that is down has not refused.
  if (allowed === undefined && outcomeOfStatus(status) === "retry")
    throw deliveryError({ status, retryAfter: headers["retry-after"], now });
  if (allowed === undefined) throw refusal(status, "without WebHook-Allowed-Origin");
  if (allowed !== "*" && allowed.toLowerCase() !== origin.toLowerCase())
    throw refusal(status, `with WebHook-Allowed-Origin: ${quoted(allowed)}, not ${origin} or *`);
  if (rate === undefined) {
    if (requestRate !== undefined)
      throw refusal(status, "without WebHook-Allowed-Rate, although requestRate asked for one");
    return undefined;
  }
  if (rate === "*") return undefined;
  if (!/^0*[1-9]\d{0,8}$/.test(rate))
    throw refusal(
      status,
      `with WebHook-Allowed-Rate: ${quoted(rate)}, which is neither a number above 0 nor *`,
    );
  return Number(rate);
}

function textOf(header: string | readonly string[] | undefined): string | undefined {
  const text = (typeof header === "string" ? header : header?.[0])?.trim();
  return text === "" ? undefined : text;
}

function quoted(text: string): string {
  return JSON.stringify(text.slice(0, 100));
}

function refusal(status: number, how: string): MisconfiguredError {
  return new MisconfiguredError(
    `the receiver has not consented: it answered OPTIONS with ${status} ${how}; make it allow this origin, or turn the option handshake off`,
    { status },
  );
}
