// oxlint-disable-next-line typescript/triple-slash-reference -- a program that starts from another package has to find it too
/// <reference path="./undici-client.d.ts" />
import { connect as connectTcp, type Socket } from "node:net";
import type { buildConnector } from "undici";
import UndiciClient from "undici/lib/dispatcher/client.js";

/** One HTTP request; `path` holds the query. */
export interface HttpRequest {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A whole answer of whatever status; its body is at most as long as the client allows. */
export interface HttpResponse {
  readonly kind: "response";
  readonly status: number;
  readonly contentType: string;
  readonly server: string | undefined;
  /** The `Retry-After` header. */
  readonly retryAfter: string | undefined;
  readonly body: string;
}

/** A request without an answer; `stale` = a kept-alive connection turned out to be dead before the head of an answer was read. */
export interface HttpFailure {
  readonly kind: "unreachable" | "connection-lost" | "too-large";
  readonly cause?: unknown;
  readonly stale: boolean;
}

/** One connection of its own that carries one request at a time; it knows no proxy and follows no redirect. */
export interface HttpClient {
  /** Settles when the answer is read or the request has failed; never rejects. It has no timeout: `destroy` ends it. */
  send(request: HttpRequest): Promise<HttpResponse | HttpFailure>;
  /** True while there is a TCP connection, false while one is still being made. */
  connected(): boolean;
  /** Closes the connection at once, whatever it is doing; nothing may be sent afterwards. */
  destroy(): void;
}

/** Longer than the usual poll interval of 1 s; a longer hint of the server is not followed, since a VM freeze kills idle sockets silently. */
const KEEP_ALIVE_MS = 4_000;

const headerOf = (value: string | readonly string[] | undefined): string | undefined =>
  typeof value === "string" ? value : value?.[0];

/** Makes a client for an origin like `http://169.254.169.254`; it connects at the first request, and when a kept-alive connection has ended. */
export const createHttpClient = (origin: string, maxResponseBytes: number): HttpClient => {
  let socket: Socket | undefined;
  let connected = false;
  let served = 0;

  const connect: buildConnector.connector = ({ hostname, port }, callback) => {
    connected = false;
    served = 0;
    const connecting = connectTcp({ host: hostname, port: Number(port) || 80, noDelay: true });
    const refused = (error: Error): void => callback(error, null);
    connecting.once("error", refused).once("connect", () => {
      connecting.off("error", refused);
      connected = true;
      callback(null, connecting);
    });
    socket = connecting;
  };

  // Timeouts are the caller's: undici's timers are coarse (300 ms fired after 970).
  const client = new UndiciClient(origin, {
    connect,
    pipelining: 1,
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeout: KEEP_ALIVE_MS,
    keepAliveMaxTimeout: KEEP_ALIVE_MS,
  });

  return {
    connected: () => connected,
    send: (request) =>
      new Promise((resolve) => {
        const chunks: Buffer[] = [];
        let size = 0;
        let reused = false;
        let head: Omit<HttpResponse, "body"> | undefined;
        client.dispatch(
          { ...request, body: request.body ?? null },
          {
            onRequestStart() {
              reused = served > 0;
            },
            onResponseStart(_controller, status, headers) {
              if (status < 200) return;
              const contentType = headerOf(headers["content-type"]) ?? "";
              const [server, retryAfter] = [headerOf(headers["server"]), headerOf(headers["retry-after"])];
              head = { kind: "response", status, contentType, server, retryAfter };
            },
            onResponseData(_controller, chunk) {
              size += chunk.length;
              if (size <= maxResponseBytes) chunks.push(chunk);
              else resolve({ kind: "too-large", stale: false });
            },
            onResponseEnd() {
              served += 1;
              if (head) resolve({ ...head, body: new TextDecoder().decode(Buffer.concat(chunks)) });
            },
            onResponseError(_controller, cause) {
              if (cause.name === "HeadersOverflowError") resolve({ kind: "too-large", cause, stale: false });
              else if (connected)
                resolve({ kind: "connection-lost", cause, stale: reused && head === undefined });
              else resolve({ kind: "unreachable", cause, stale: false });
            },
          },
        );
      }),
    destroy() {
      void client.destroy();
      // undici leaves a socket alone that is still connecting.
      socket?.destroy();
    },
  };
};
