import type { Asker } from "./asker.ts";
import { ImdsError } from "./imds-error.ts";
import { readResourcePath } from "./resource-path.ts";
import type { TokenCache } from "./token-cache.ts";
import { type ImdsToken, readToken, type TokenIdentity } from "./token.ts";

/** Which identity, and when to give up. */
export interface TokenOptions extends TokenIdentity {
  readonly signal?: AbortSignal | undefined;
}

const PATH = "identity/oauth2/token";

const failure = (code: "invalid-argument" | "aborted", message: string, cause?: unknown): ImdsError =>
  new ImdsError(message, { code, retryable: false, path: `/metadata/${PATH}`, cause });

const queryOf = (resource: string, { clientId, objectId, msiResId }: TokenIdentity): URLSearchParams => {
  const query = new URLSearchParams({ resource });
  const named = Object.entries({ client_id: clientId, object_id: objectId, msi_res_id: msiResId });
  for (const [name, value] of named) if (value !== undefined) query.set(name, value);
  if (query.size > 2) {
    throw failure(
      "invalid-argument",
      "a token is for one identity: give clientId, objectId or msiResId, not several.",
    );
  }
  return query;
};

const givenUp = (signal: AbortSignal): ImdsError =>
  failure("aborted", "the wait for a token was given up by its signal.", signal.reason);

/** `promise`, unless the signal comes first: a request that callers share must not end because one of them gives up. */
const unlessAborted = async <T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> => {
  if (signal === undefined) return promise;
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(givenUp(signal));
  signal.addEventListener("abort", abort);
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
};

/** Makes the `token` method of a client. */
export const createTokens =
  (asker: Asker, cache: TokenCache, now: () => number) =>
  async (resource: string, options: TokenOptions = {}): Promise<ImdsToken> => {
    if (resource === "")
      throw failure("invalid-argument", "a token needs a resource, like https://eventhubs.azure.net.");
    const query = queryOf(resource, options);
    if (options.signal?.aborted) throw givenUp(options.signal);
    const renewed = cache.get(query.toString(), async () => {
      const { response, origin } = await asker.ask({ resource: { ...readResourcePath(PATH), query } });
      return readToken(response.body, origin, resource, now());
    });
    return unlessAborted(renewed, options.signal);
  };
