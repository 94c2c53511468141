import { type BodyOrigin, jsonObjectOf, wrongShape } from "./json-answer.ts";

/** Which managed identity a token is for: none of these = the system assigned one, or the only user assigned one. */
export interface TokenIdentity {
  readonly clientId?: string | undefined;
  readonly objectId?: string | undefined;
  /** The ARM id of a user assigned identity. */
  readonly msiResId?: string | undefined;
}

/** An access token for one resource; never log it. */
export interface ImdsToken {
  readonly accessToken: string;
  /** Epoch milliseconds. */
  readonly expiresOn: number;
  /** What was left when IMDS answered, which may be a while ago for a cached token. */
  readonly expiresInMs?: number;
  /** Epoch milliseconds. */
  readonly notBefore?: number;
  /** `Bearer`. */
  readonly tokenType: string;
  readonly resource: string;
  readonly clientId?: string;
}

/** Seconds, sent as decimal strings (Entra docs: "How to use managed identities … to acquire an access token"), in ms. */
const millisecondsOf = (value: unknown): number | undefined => {
  const seconds = typeof value === "string" && /^\s*\d+(\.\d+)?\s*$/.test(value) ? Number(value) : value;
  return typeof seconds === "number" && Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined;
};

const textOr = (value: unknown, other: string): string =>
  typeof value === "string" && value !== "" ? value : other;

/** Reads the answer of the token endpoint; throws `not-json` or `wrong-shape`, neither with any part of the answer. */
export const readToken = (text: string, origin: BodyOrigin, resource: string, now: number): ImdsToken => {
  const answer = jsonObjectOf(text, origin);
  const accessToken = answer["access_token"];
  const expiresInMs = millisecondsOf(answer["expires_in"]);
  const expiresOn =
    millisecondsOf(answer["expires_on"]) ?? (expiresInMs === undefined ? undefined : now + expiresInMs);
  const notBefore = millisecondsOf(answer["not_before"]);
  const clientId = textOr(answer["client_id"], "");
  if (typeof accessToken !== "string" || accessToken === "" || expiresOn === undefined) {
    throw wrongShape(text, origin, "it lacks `access_token`, or both `expires_on` and `expires_in`");
  }
  return {
    accessToken,
    expiresOn,
    ...(expiresInMs !== undefined && { expiresInMs }),
    ...(notBefore !== undefined && { notBefore }),
    tokenType: textOr(answer["token_type"], "Bearer"),
    resource: textOr(answer["resource"], resource),
    ...(clientId !== "" && { clientId }),
  };
};
