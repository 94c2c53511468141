import { MisconfiguredError, RetryError } from "@forewarn/sdk";

// Node's names of OpenSSL's verdicts on a certificate, and of a handshake that failed.
const certificate =
  /^(CERT_|CRL_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|ERROR_IN_C|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH|HOSTNAME_MISMATCH|ERR_TLS_CERT)/;
const handshake = /^ERR_SSL_/;

/**
 * What a request without an answer means: a refused address, a bad certificate or a header that cannot be sent needs a
 * person, all else a retry. An abort stays what it is. The message names the origin, never path or query.
 */
export function meaningOf(error: unknown, origin: string): unknown {
  const { code, name, message, cause, errors } = error as {
    readonly code?: unknown;
    readonly name?: string;
    readonly message?: string;
    readonly cause?: unknown;
    readonly errors?: readonly unknown[];
  };
  if (name === "AbortError" || (typeof code === "string" && code.startsWith("FOREWARN_"))) return error;
  // The cause of fetch's "fetch failed", and the first of several addresses that were tried.
  if (message === "fetch failed" && cause instanceof Error) return meaningOf(cause, origin);
  if (errors?.[0] instanceof Error) return meaningOf(errors[0], origin);
  const why = reason(error);
  if (typeof code === "string") {
    if (certificate.test(code))
      return misconfigured(`the certificate of ${origin} was not accepted`, why, error);
    if (handshake.test(code)) return misconfigured(`no TLS connection with ${origin}`, why, error);
    if (code === "UND_ERR_INVALID_ARG")
      return misconfigured(`the request to ${origin} cannot be sent`, why, error);
  }
  return new RetryError(`no answer from ${origin}: ${why}`, { cause: error });
}

function misconfigured(what: string, why: string, cause: unknown): MisconfiguredError {
  return new MisconfiguredError(`${what}: ${why}`, { cause });
}

/** In words, on one line, with the code by which it can be looked up. */
function reason(error: unknown): string {
  const { code, name, message, reason } = error as {
    readonly code?: unknown;
    readonly name?: string;
    readonly message?: string;
    readonly reason?: unknown;
  };
  // OpenSSL's own reason; its message names source files and ends with a line break.
  const words = typeof reason === "string" && reason !== "" ? reason : message;
  const said = words === undefined || words === "" ? (name ?? String(error)) : words;
  return typeof code !== "string" || said.includes(code) ? said : `${said} (${code})`;
}
