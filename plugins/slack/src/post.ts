import { type Clock, type Logger, MisconfiguredError, RetryError } from "@forewarn/sdk";
import { IncomingWebhook, IncomingWebhookHTTPError, IncomingWebhookRequestError } from "@slack/webhook";
import { type Answer, codeOf, errorOf, refusesBlocks } from "./answer.ts";
import { bounded } from "./bounded-response.ts";
import type { Payload } from "./message/blocks.ts";
import type { Message } from "./message/compose.ts";
import type { Pace } from "./pace.ts";
import type { HideUrl } from "./webhook-url.ts";

/** Posts one message, in its turn; throws a delivery error that says what became of it and never shows the URL. */
export type Post = (message: Message, signal: AbortSignal) => Promise<void>;

/** What posting needs of its sink. */
export interface PostContext {
  readonly url: string;
  readonly fetch: typeof fetch;
  readonly clock: Clock;
  readonly log: Logger;
  readonly pace: Pace;
  readonly hide: HideUrl;
}

/**
 * Makes the way to one webhook. The library hides headers, knows no signal and repeats the URL in nothing of its own, but
 * its errors carry those of `fetch` along: so `fetch` is wrapped, and none of its errors leaves here.
 */
export function createPost({ url, fetch, clock, log, pace, hide }: PostContext): Post {
  async function send(payload: Payload, signal: AbortSignal): Promise<Answer> {
    let status = 0;
    let retryAfter: string | null = null;
    const webhook = new IncomingWebhook(url, {
      async fetch(to, init) {
        const response = await fetch(to, { ...init, signal } as RequestInit);
        ({ status } = response);
        retryAfter = response.headers.get("retry-after");
        return bounded(response);
      },
    });
    try {
      const { text } = await webhook.send(payload);
      return { status, retryAfter, body: text };
    } catch (error) {
      if (error instanceof IncomingWebhookHTTPError) return { status, retryAfter, body: error.body ?? "" };
      throw unanswered(error, signal, hide);
    }
  }

  return async ({ rich, plain }, signal) => {
    await pace.turn(signal);
    let answer = await send(rich, signal);
    if (refusesBlocks(answer)) {
      log.warn("Slack refused the blocks of a message; sending it as plain text", {
        code: codeOf(answer.body),
      });
      pace.count();
      answer = await send(plain, signal);
    }
    const error = errorOf(answer, hide, clock.now());
    if (error === undefined) return;
    if (error instanceof RetryError && error.retryAfterMs !== undefined) pace.hold(error.retryAfterMs);
    throw error;
  };
}

/** No answer came, so nobody knows whether Slack has the message: it has no key by which it could drop a second one. */
function unanswered(error: unknown, signal: AbortSignal, hide: HideUrl): Error {
  if (signal.aborted) {
    return new RetryError("no answer from Slack in time; the message may have arrived, and may come twice");
  }
  const original = error instanceof IncomingWebhookRequestError ? error.original : error;
  const { code, message } = original as { readonly code?: unknown; readonly message?: string };
  const said = hide(message ?? String(original));
  return code === "FOREWARN_MISCONFIGURED" ? new MisconfiguredError(said) : new RetryError(said);
}
