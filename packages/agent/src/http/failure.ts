import { MisconfiguredError, RetryError } from "@forewarn/sdk";
import { isUnauthorized, refusalBy, whom } from "./proxy-refusal.ts";

// Node's names of OpenSSL's verdicts on a certificate, and of a handshake that failed.
const certificate =
  /^(CERT_|CRL_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|ERROR_IN_C|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH|HOSTNAME_MISMATCH|ERR_TLS_CERT)/;
/** Of these: nobody trusted has signed it. */
const untrusted = /^(UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_)/;
const handshake = /^ERR_SSL_/;
/** Of these: what servers say that want another certificate of ours, or one at all. */
const ours = /ALERT_(?:\w*CERTIFICATE|UNKNOWN_CA|HANDSHAKE_FAILURE)/;

/**
 * What a request without an answer means: a refused address, a bad certificate, a proxy that wants a password or a
 * header that cannot be sent needs a person, all else a retry. An abort stays what it is. The message names the place
 * (an origin, never path or query) and the proxy that the request went through.
 */
export function meaningOf(error: unknown, place: string, proxy?: URL): unknown {
  const { code, name, message, cause, errors } = error as {
    readonly code?: unknown;
    readonly name?: string;
    readonly message?: string;
    readonly cause?: unknown;
    readonly errors?: readonly unknown[];
  };
  if (name === "AbortError" || (typeof code === "string" && code.startsWith("FOREWARN_"))) return error;
  // The cause of fetch's "fetch failed", and the first of several addresses that were tried.
  if (message === "fetch failed" && cause instanceof Error) return meaningOf(cause, place, proxy);
  if (errors?.[0] instanceof Error) return meaningOf(errors[0], place, proxy);
  if (proxy !== undefined && isUnauthorized(error)) return refusalBy(proxy, 407);
  const origin = proxy === undefined ? place : `${place} through ${whom(proxy)}`;
  const why = reason(error);
  if (typeof code === "string") {
    if (certificate.test(code)) {
      const cure = untrusted.test(code) ? "; trust who signed it with `tls: { ca: FILE }`" : "";
      return misconfigured(`the certificate of ${origin} was not accepted`, why + cure, error);
    }
    if (handshake.test(code)) {
      const cure = ours.test(code)
        ? "; if it asks for a client certificate, give one that it accepts with `tls: { cert, key }`"
        : "";
      return misconfigured(`no TLS connection with ${origin}`, why + cure, error);
    }
    if (code === "UND_ERR_INVALID_ARG")
      return misconfigured(`the request to ${origin} cannot be sent`, why, error);
  }
  return new RetryError(`no answer from ${origin}: ${why}`, { cause: error });
}

function misconfigured(what: string, why: string, cause: unknown): MisconfiguredError {
  return new MisconfiguredError(`${what}: ${why}`, { cause });
}

// It asks to start Node otherwise, which is not the operator's to do.
const nodesAdvice = /; if the root CA is installed locally, try running Node\.js with --use-system-ca/;

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
  const said = (words === undefined || words === "" ? (name ?? String(error)) : words).replace(
    nodesAdvice,
    "",
  );
  return typeof code !== "string" || said.includes(code) ? said : `${said} (${code})`;
}
