import type { IncomingMessage } from "node:http";

/** The body of a request as text; what comes after `limit` bytes is read and left out. */
export async function readBody(incoming: IncomingMessage, limit: number): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    if (length < limit) chunks.push(chunk);
    length += chunk.byteLength;
  }
  return Buffer.concat(chunks).subarray(0, limit).toString("utf8");
}
