import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { isOwnHost, written } from "./host.ts";

/** An answer as a whole. */
export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** Answers one path: with an answer, or itself (then nothing is returned). */
export type Handler = (request: AdminRequest, response: ServerResponse) => Answer | undefined;

/** What a handler may look at. */
export interface AdminRequest {
  /** HEAD: Node does not send the answer's body. */
  readonly method: "GET" | "HEAD";
  readonly query: URLSearchParams;
  readonly accept: string;
}

/** A read-only HTTP server. */
export interface AdminServer {
  /** The URL that it answers at; rejects with what Node says where that is not possible. */
  listen(at: { readonly host: string; readonly port: number }): Promise<string>;
  /** Ends what is under way. */
  close(): Promise<void>;
}

const limits = { maxHeaderSize: 16_384, headersTimeout: 5000, requestTimeout: 5000, keepAliveTimeout: 5000 };
const mostConnections = 64;

/** Makes a server of these paths; nothing of HTTP is loaded before. */
export function createAdminServer(handlers: Readonly<Record<string, Handler>>): AdminServer {
  // Not imported: that would load Node's own undici, 2 MB more (docs/decisions/0043-node-http-without-its-import.md).
  const http = process.getBuiltinModule("node:http");
  let listened = "";

  function answer(request: IncomingMessage, response: ServerResponse): Answer | undefined {
    if (!isOwnHost(request.headers.host ?? "", listened, request.socket.localAddress)) {
      return text(403, "This server answers only to localhost and the address that it listens on.\n");
    }
    const { method } = request;
    if (method !== "GET" && method !== "HEAD") {
      response.setHeader("allow", "GET, HEAD");
      return text(405, "This server only tells: GET or HEAD.\n");
    }
    const url = URL.parse(request.url ?? "", "http://localhost");
    const handler =
      url !== null && Object.hasOwn(handlers, url.pathname) ? handlers[url.pathname] : undefined;
    if (url === null || handler === undefined) {
      return text(404, `There is nothing here. Try ${Object.keys(handlers).join(", ")}.\n`);
    }
    return handler({ method, query: url.searchParams, accept: request.headers.accept ?? "" }, response);
  }

  function handle(request: IncomingMessage, response: ServerResponse): void {
    response.setHeader("cache-control", "no-store");
    response.setHeader("x-content-type-options", "nosniff");
    let found: Answer | undefined;
    try {
      found = answer(request, response);
    } catch (error) {
      found = text(500, `This answer failed: ${(error as Error).message}\n`);
    }
    if (found === undefined) return;
    const { status, type, body } = found;
    // A body that nobody reads would hold the connection.
    if (status >= 400) response.setHeader("connection", "close");
    response.writeHead(status, { "content-type": type, "content-length": Buffer.byteLength(body) });
    response.end(body);
  }

  const server: Server = http.createServer(limits, handle);
  server.maxConnections = mostConnections;
  return {
    listen({ host, port }) {
      listened = host;
      return new Promise((resolve, reject) => {
        server.once("error", reject);
        server.listen(port, host, () => {
          server.off("error", reject);
          // What goes wrong afterwards concerns single connections only.
          server.on("error", () => {});
          resolve(`http://${written(host)}:${(server.address() as AddressInfo).port}`);
        });
      });
    },
    async close() {
      if (!server.listening) return;
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

/** A plain text as an answer. */
export function text(status: number, body: string): Answer {
  return { status, type: "text/plain; charset=utf-8", body };
}
