import { excerptOf, ImdsError, type ImdsErrorCode } from "./imds-error.ts";
import { isDeeperThan, isJsonObject, looksLikeMarkup, parseTolerantJson } from "./tolerant-json.ts";

/** Where a body came from, and whether its beginning may be shown in an error: tokens and user data may not. */
export interface BodyOrigin {
  readonly path: string;
  /** As a message names it, e.g. `GET http://169.254.169.254/metadata/versions`. */
  readonly where: string;
  readonly excerpt: boolean;
  readonly status?: number;
  readonly server?: string;
}

const failure = (
  code: ImdsErrorCode,
  message: string,
  text: string,
  origin: BodyOrigin,
  retryable: boolean,
): ImdsError =>
  new ImdsError(message, {
    code,
    retryable,
    path: origin.path,
    ...(origin.status !== undefined && { status: origin.status }),
    ...(origin.server !== undefined && { server: origin.server }),
    // Markup is no answer of IMDS, so it holds no secret of the VM and names the proxy that sent it.
    ...((origin.excerpt || looksLikeMarkup(text)) && { excerpt: excerptOf(text) }),
  });

/** The error for a body that is JSON but not what the endpoint answers; `what` completes "the answer …: ". */
export const wrongShape = (text: string, origin: BodyOrigin, what: string): ImdsError =>
  failure(
    "wrong-shape",
    `the answer of ${origin.where} is not what IMDS sends: ${what}. ` +
      "Check that 169.254.169.254 is Azure's here: other clouds and Docker Desktop answer at that address too.",
    text,
    origin,
    false,
  );

/** The error for an answer that is HTML, or XML: IMDS never sends it. */
export const markupAnswer = (text: string, origin: BodyOrigin): ImdsError =>
  failure(
    "not-json",
    `the answer of ${origin.where} is HTML: a proxy is in the path to IMDS. ` +
      "IMDS is link-local and must be asked directly; exempt 169.254.169.254 from the transparent proxy.",
    text,
    origin,
    false,
  );

/** The documents of IMDS are at most nine deep. */
const DEEPEST = 64;

/** The JSON value of a 200 answer; throws an `ImdsError` of code `not-json` if it is empty, HTML or no JSON, `wrong-shape` if it is nested beyond reason. */
export const jsonOf = (text: string, origin: BodyOrigin): unknown => {
  const value = parseTolerantJson(text);
  if (isDeeperThan(value, DEEPEST)) throw wrongShape(text, origin, `it is nested more than ${DEEPEST} deep`);
  if (value !== undefined) return value;
  if (looksLikeMarkup(text)) throw markupAnswer(text, origin);
  const what = text.trim() === "" ? "empty" : "not JSON";
  throw failure(
    "not-json",
    `the answer of ${origin.where} is ${what}: it says nothing about what was known before, and the next may be whole.`,
    text,
    origin,
    true,
  );
};

/** The JSON object of a 200 answer; throws `not-json`, or `wrong-shape` if it is some other JSON value. */
export const jsonObjectOf = (text: string, origin: BodyOrigin): Readonly<Record<string, unknown>> => {
  const value = jsonOf(text, origin);
  if (isJsonObject(value)) return value;
  throw wrongShape(text, origin, "it is JSON, but not an object");
};
