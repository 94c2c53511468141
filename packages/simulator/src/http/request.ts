import type { IncomingHttpHeaders } from "node:http";

/** A request as it arrived, before any rule was applied. */
export interface ReceivedRequest {
  readonly method: string;
  /** Without the query, not decoded. */
  readonly path: string;
  /** What follows the `?`, not decoded; "" without one. */
  readonly query: string;
  /** Epoch milliseconds at which the request's head was read. */
  readonly at: number;
  /** The IP address it came from; "" when the connection was gone already. */
  readonly remoteAddress: string;
  readonly userAgent: string | undefined;
  /** Header names in lower case. */
  readonly headers: Readonly<IncomingHttpHeaders>;
  /** As UTF-8 text, cut off after 64 KiB. */
  readonly body: string;
}

/** The most recent requests, oldest first. */
export interface RequestLog {
  readonly requests: readonly ReceivedRequest[];
  add(request: ReceivedRequest): void;
}

/** Keeps the last `limit` requests, so that a simulator may run for weeks. */
export function createRequestLog(limit = 1000): RequestLog {
  const requests: ReceivedRequest[] = [];
  return {
    requests,
    add(request) {
      requests.push(request);
      if (requests.length > limit) requests.shift();
    },
  };
}

/** Path and query of a request target; the scheme and host that a proxy's client sends along are dropped. */
export function splitTarget(target: string): { readonly path: string; readonly query: string } {
  const local = target.replace(/^https?:\/\/[^/?]*/i, "");
  const mark = local.indexOf("?");
  return mark === -1
    ? { path: local, query: "" }
    : { path: local.slice(0, mark), query: local.slice(mark + 1) };
}
