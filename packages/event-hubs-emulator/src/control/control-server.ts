import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

import type { EventHubsEmulator } from "../emulator-api.ts";
import { hostPort, listenError } from "../net/listen-error.ts";
import { answerControl } from "./control-routes.ts";
import type { ControlAnswer } from "./control-routes.ts";

/** A running control API. */
export interface ControlServer extends AsyncDisposable {
  /** Without a trailing slash. */
  readonly url: string;
}

const BODY_LIMIT = 64 * 1024;

/** Serves the control API of an emulator over HTTP on host and port (0 = any free port); rejects with a ListenError. */
export async function startControlServer(
  emulator: EventHubsEmulator,
  host: string,
  port: number,
): Promise<ControlServer> {
  const server = createServer((request, response) => {
    answer(emulator, request).then(
      (given) => send(response, given),
      (error: unknown) => send(response, { status: 500, body: { error: String(error) } }),
    );
  });
  try {
    server.listen({ host, port });
    await once(server, "listening");
  } catch (error) {
    throw listenError(error as NodeJS.ErrnoException, host, port);
  }
  return {
    url: `http://${hostPort(host, (server.address() as AddressInfo).port)}`,
    async [Symbol.asyncDispose]() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function answer(emulator: EventHubsEmulator, request: IncomingMessage): Promise<ControlAnswer> {
  const { method = "", url = "", headers } = request;
  const text = await readBody(request);
  // A web page can send text without asking first; asking for JSON keeps pages in a browser from injecting faults.
  if (text !== "" && !/^application\/json\b/i.test(headers["content-type"] ?? ""))
    return { status: 415, body: { error: "Send the body as content-type: application/json." } };
  let body: unknown;
  try {
    body = text === "" ? {} : JSON.parse(text);
  } catch (error) {
    return { status: 400, body: { error: `The body is no JSON: ${(error as Error).message}` } };
  }
  return answerControl(emulator, { method, url: new URL(url, "http://localhost"), body });
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length <= BODY_LIMIT) chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function send(response: ServerResponse, { status, body }: ControlAnswer): void {
  response.writeHead(status, { "content-type": "application/json; charset=utf-8" });
  response.end(`${JSON.stringify(body)}\n`);
}
