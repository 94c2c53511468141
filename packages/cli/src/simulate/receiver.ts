import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { decodeHttp } from "@forewarn/sdk";

/** A small CloudEvents receiver on loopback: what stands at the other end of the demo's webhook. */
export interface Receiver {
  readonly url: string;
  /** A Standard Webhooks secret, made for this run. */
  readonly secret: string;
  counts(): ReceiverCounts;
  close(): Promise<void>;
}

/** What a receiver has got. */
export interface ReceiverCounts {
  readonly received: number;
  /** Requests whose signature was right, of those that had one. */
  readonly verified: number;
  readonly refused: number;
  /** Events whose source and id had come before. */
  readonly duplicates: number;
}

/** Starts a receiver that verifies signatures and drops nothing; requests that are no CloudEvents get 400, forged ones 401. */
export async function startReceiver(): Promise<Receiver> {
  const key = randomBytes(32);
  const seen = new Set<string>();
  let [received, verified, refused, duplicates] = [0, 0, 0, 0];

  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    const headers = request.headers as Readonly<Record<string, string | undefined>>;
    const status = take(headers, body);
    response.writeHead(status).end();
  });

  function take(headers: Readonly<Record<string, string | undefined>>, body: string): number {
    const signed = headers["webhook-signature"] !== undefined;
    if (signed && !isGenuine(headers, body, key)) {
      refused++;
      return 401;
    }
    try {
      for (const { source, id } of decodeHttp(headers, body)) {
        const name = `${source} ${id}`;
        if (seen.has(name)) duplicates++;
        seen.add(name);
        received++;
      }
    } catch {
      refused++;
      return 400;
    }
    if (signed) verified++;
    return 204;
  }

  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/events`,
    secret: `whsec_${key.toString("base64")}`,
    counts: () => ({ received, verified, refused, duplicates }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function isGenuine(
  headers: Readonly<Record<string, string | undefined>>,
  body: string,
  key: Buffer,
): boolean {
  const content = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`;
  const expected = createHmac("sha256", key).update(content).digest();
  return (headers["webhook-signature"] ?? "").split(" ").some((signature) => {
    const given = Buffer.from(signature.replace(/^v1,/, ""), "base64");
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
}
