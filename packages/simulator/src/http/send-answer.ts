import type { ServerResponse } from "node:http";

import type { ServerAnswer, TrackedAnswer } from "./answer.ts";

/** As in a capture of the real service (Azure/azure-sdk-for-net#39574). */
const SERVER = "IMDS/150.870.65.1103";

/** Sends a whole answer. */
export function sendAnswer(response: ServerResponse, answer: TrackedAnswer): void {
  const body = writeHead(response, answer);
  response.end(body, answer.sent);
}

/** Announces the whole body, sends the first half of it and cuts the connection. */
export function sendHalf(response: ServerResponse, answer: ServerAnswer): void {
  const body = writeHead(response, { body: "{}", ...answer });
  response.setHeader("Content-Length", Math.max(1, body.byteLength));
  response.flushHeaders();
  response.write(body.subarray(0, Math.floor(body.byteLength / 2)), () => response.socket?.destroy());
}

/** Sends the body in ten pieces and waits before each, until `wait`, which gets a share of the whole time, says no. */
export async function sendDripping(
  response: ServerResponse,
  answer: TrackedAnswer,
  wait: (share: number) => Promise<boolean>,
): Promise<void> {
  const body = writeHead(response, answer);
  const size = Math.max(1, Math.ceil(body.byteLength / 10));
  response.flushHeaders();
  for (let at = 0; at < body.byteLength; at += size) {
    if (!(await wait(0.1))) return;
    response.write(body.subarray(at, at + size));
  }
  response.end(answer.sent);
}

function writeHead(response: ServerResponse, answer: ServerAnswer): Uint8Array {
  const body = encodeBody(answer.body);
  response.statusCode = answer.status;
  response.setHeader("Server", SERVER);
  response.setHeader("Content-Length", body.byteLength);
  if (answer.body !== undefined) response.setHeader("Content-Type", "application/json; charset=utf-8");
  for (const [name, value] of Object.entries(answer.headers ?? {})) response.setHeader(name, value);
  return body;
}

/** A body as its bytes. */
export function encodeBody(body: ServerAnswer["body"]): Uint8Array {
  if (body instanceof Uint8Array) return body;
  if (typeof body === "string") return Buffer.from(body);
  return body === undefined ? Buffer.alloc(0) : Buffer.from(JSON.stringify(body));
}
