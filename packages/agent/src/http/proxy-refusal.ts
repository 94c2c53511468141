import { type DeliveryError, MisconfiguredError, outcomeOfStatus, RetryError } from "@forewarn/sdk";

/** A proxy as messages name it: `the proxy http://host:3128`, without user and password. */
export function whom(proxy: URL): string {
  return `the proxy ${proxy.origin}`;
}

/** What it means that a proxy answers with this status, where it should have let a request pass. */
export function refusalBy(proxy: URL, status: number): DeliveryError {
  const answered = `${whom(proxy)} answered ${status}`;
  if (status === 407) {
    const cure =
      proxy.username === ""
        ? "it asks for a user and a password, write http://USER:PASSWORD@HOST:PORT"
        : "it does not accept the user and the password in its URL";
    return new MisconfiguredError(`${answered}: ${cure}`, { status });
  }
  if (outcomeOfStatus(status) === "retry")
    return new RetryError(`${answered}: it does not reach the destination`, { status });
  return new MisconfiguredError(
    `${answered} to CONNECT: it does not let this sink through; allow the destination there, or use another proxy`,
    { status },
  );
}

/** Whether undici means that the proxy answered 407 to a request that it should have forwarded. */
export function isUnauthorized(error: unknown): boolean {
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
  return code === "UND_ERR_INVALID_ARG" && message === "Proxy Authentication Required (407)";
}
