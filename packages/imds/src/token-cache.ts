import type { ImdsToken } from "./token.ts";

/** Tokens by resource and identity. */
export interface TokenCache {
  /** The cached token, or a new one from `fetch`; callers that ask for the same key at once share one `fetch`. */
  get(key: string, fetch: () => Promise<ImdsToken>): Promise<ImdsToken>;
}

interface Entry {
  readonly token: ImdsToken;
  readonly askedAt: number;
}

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

  const renew = async (
    key: string,
    known: ImdsToken | undefined,
    fetch: () => Promise<ImdsToken>,
  ): Promise<ImdsToken> => {
    try {
      const token = await fetch();
      entries.set(key, { token, askedAt: now() });
      return token;
    } catch (error) {
      if (known === undefined) throw error;
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
      const running = pending.get(key) ?? renew(key, known, fetch);
      pending.set(key, running);
      return running;
    },
  };
};
