import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

import { hostPort } from "./listen-error.ts";
import { listenOn } from "./listening.ts";
import { readBody } from "./read-body.ts";
import { splitTarget } from "./request.ts";
import type { ReceivedRequest } from "./request.ts";
import { sendAnswer } from "./send-answer.ts";

const BODY_LIMIT = 64 * 1024;
/** Longer than any usual polling interval, so that a client's idle connection is not cut just as it asks again. */
const KEEP_ALIVE_MS = 120_000;

/** A listening HTTP server. */
export interface HttpServer {
  /** Without a trailing slash; a wildcard address is given as the loopback one. */
  readonly url: string;
  /** Closes every connection at once, also those in the middle of an answer. */
  close(): Promise<void>;
}

/** Answers one request that was read whole; what it throws becomes a 500 that names the error. */
export type RequestHandler = (request: ReceivedRequest, response: ServerResponse) => Promise<void>;

/** Listens on host and port (0 = any free port); rejects with a ListenError. */
export async function listen(
  host: string,
  port: number,
  handle: RequestHandler,
  now: () => number = Date.now,
): Promise<HttpServer> {
  const server = createServer({ noDelay: true, keepAliveTimeout: KEEP_ALIVE_MS }, (incoming, response) => {
    const at = now();
    readBody(incoming, BODY_LIMIT).then(
      (body) => answer(handle, receivedRequest(incoming, at, body), response),
      () => response.destroy(),
    );
  });
  const { address, close } = await listenOn(server, host, port);
  return { url: urlOf(address), close };
}

async function answer(
  handle: RequestHandler,
  request: ReceivedRequest,
  response: ServerResponse,
): Promise<void> {
  try {
    await handle(request, response);
  } catch (error) {
    if (response.headersSent) response.destroy();
    else sendAnswer(response, { status: 500, body: { error: `The simulator failed: ${String(error)}` } });
  }
}

function receivedRequest(incoming: IncomingMessage, at: number, body: string): ReceivedRequest {
  const { headers, method = "", url = "" } = incoming;
  // An IPv6 socket shows an IPv4 client as ::ffff:127.0.0.1.
  const remoteAddress = (incoming.socket.remoteAddress ?? "").replace(/^::ffff:/i, "");
  const userAgent = headers["user-agent"];
  return { method, ...splitTarget(url), at, remoteAddress, userAgent, headers, body };
}

function urlOf({ address, port }: AddressInfo): string {
  const reachable = address === "0.0.0.0" ? "127.0.0.1" : address === "::" ? "::1" : address;
  return `http://${hostPort(reachable, port).replace(/:80$/, "")}`;
}
