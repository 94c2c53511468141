import { isImdsError } from "./imds-error.ts";
import type { ImdsToken } from "./token.ts";

/** Tokens by resource and identity. */
export interface TokenCache {
  /**
   * The cached token, or a new one from `fetch`; callers that ask for the same key at once share one `fetch`. A failure
   * that passes by itself is given to all who ask within the next second, then two, four and at most five.
   */
  get(key: string, fetch: () => Promise<ImdsToken>): Promise<ImdsToken>;
}

interface Entry {
  readonly token: ImdsToken;
  readonly askedAt: number;
}

interface Failure {
  readonly error: unknown;
  readonly at: number;
  readonly holdMs: number;
  /** Those in a row. */
  readonly count: number;
}

/** IMDS must not be asked sooner after a 5xx (Entra docs: "How to use managed identities … to acquire an access token", "Retry guidance"). */
const LEAST_HOLD_MS = 1000;
/** A 410 and a 404 may last for 70 s, but an eviction is told 30 s ahead: so short, and for ever. */
const LONGEST_HOLD_MS = 5000;
/** A longer wish of the answer is not followed. */
const LONGEST_RETRY_AFTER_MS = 30_000;

const holdOf = (error: unknown, count: number): number => {
  if (!isImdsError(error) || !error.retryable) return 0;
  const own = Math.min(LONGEST_HOLD_MS, LEAST_HOLD_MS * 2 ** (count - 1));
  return Math.max(own, Math.min(error.retryAfterMs ?? 0, LONGEST_RETRY_AFTER_MS));
};

/** A token is renewed this long before it expires. */
const RENEW_BEFORE_MS = 5 * 60_000;
/** A token that lives no longer than this is not handed out again: it could expire on its way. */
const LEAST_LEFT_MS = 30_000;
/** IMDS caches too and may answer with the same token, or fail: while one is valid it is not asked more often than this. */
const ASK_AGAIN_MS = 10_000;

/** An empty cache; `now` is in epoch milliseconds. */
export const createTokenCache = (now: () => number): TokenCache => {
  const entries = new Map<string, Entry>();
  const pending = new Map<string, Promise<ImdsToken>>();
  const failures = new Map<string, Failure>();

  const failed = (key: string, error: unknown): void => {
    const count = (failures.get(key)?.count ?? 0) + 1;
    failures.set(key, { error, at: now(), holdMs: holdOf(error, count), count });
  };

  const heldBack = (key: string): Failure | undefined => {
    const failure = failures.get(key);
    // The absolute difference, since a wall clock may go back.
    return failure !== undefined && Math.abs(now() - failure.at) < failure.holdMs ? failure : undefined;
  };

  const renew = async (
    key: string,
    known: ImdsToken | undefined,
    fetch: () => Promise<ImdsToken>,
  ): Promise<ImdsToken> => {
    try {
      const token = await fetch();
      entries.set(key, { token, askedAt: now() });
      failures.delete(key);
      return token;
    } catch (error) {
      if (known === undefined) {
        failed(key, error);
        throw error;
      }
      entries.set(key, { token: known, askedAt: now() });
      return known;
    } finally {
      pending.delete(key);
    }
  };

  return {
    get(key, fetch) {
      const entry = entries.get(key);
      const left = entry ? entry.token.expiresOn - now() : 0;
      const known = left > LEAST_LEFT_MS ? entry?.token : undefined;
      const fresh =
        left > RENEW_BEFORE_MS || (entry !== undefined && Math.abs(now() - entry.askedAt) < ASK_AGAIN_MS);
      if (known && fresh) return Promise.resolve(known);
      const failure = known ? undefined : heldBack(key);
      if (failure !== undefined) return Promise.reject(failure.error as Error);
      const running = pending.get(key) ?? renew(key, known, fetch);
      pending.set(key, running);
      return running;
    },
  };
};
