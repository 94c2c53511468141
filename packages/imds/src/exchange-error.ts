import type { Asked } from "./answer-error.ts";
import type { HttpFailure } from "./http-client.ts";
import { ImdsError, type ImdsErrorCode } from "./imds-error.ts";
import type { Interruption } from "./transport.ts";

const ROUTE =
  "Is this an Azure VM? Then check the route to 169.254.169.254/32 (it belongs to the primary network interface), the firewall, and network policies of containers.";

const reasonOf = (cause: unknown): string => {
  if (!(cause instanceof Error)) return "";
  const { code } = cause as { readonly code?: unknown };
  return ` (${typeof code === "string" ? code : cause.message})`;
};

const explain = (
  failure: HttpFailure | Interruption,
  asked: Asked,
): readonly [code: ImdsErrorCode, retryable: boolean, text: string] => {
  switch (failure.kind) {
    case "unreachable":
      return ["unreachable", true, `could not connect${reasonOf(failure.cause)}. ${ROUTE}`];
    case "connection-lost":
      return [
        "connection-lost",
        true,
        `lost its connection before the answer was whole${reasonOf(failure.cause)}. The next request may succeed.`,
      ];
    case "too-large":
      return [
        "too-large",
        false,
        `was answered with more than ${asked.maxResponseBytes} bytes, the most that is read (maxResponseBytes). IMDS sends no such document: something else answers in its place.`,
      ];
    case "timeout":
      return failure.connected
        ? [
            "timeout",
            true,
            `had no whole answer within ${asked.timeoutMs} ms. IMDS is slow or being updated, or the VM stood still.`,
          ]
        : ["timeout", true, `had no connection within ${asked.connectTimeoutMs} ms. ${ROUTE}`];
    case "aborted":
      return ["aborted", false, "was given up, by its signal or because the client was closed."];
  }
};

/** The error for a request that got no whole answer; `cause` is the socket's error, or the reason of the caller's signal. */
export const exchangeError = (failure: HttpFailure | Interruption, asked: Asked): ImdsError => {
  const [code, retryable, text] = explain(failure, asked);
  return new ImdsError(`${asked.where} ${text}`, { code, retryable, path: asked.path, cause: failure.cause });
};
