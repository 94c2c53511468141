import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type CloudEvent, decodeHttp } from "@forewarn/sdk";

/** A CloudEvents receiver on loopback whose answers the test chooses. */
export interface TestReceiver extends AsyncDisposable {
  readonly url: string;
  /** Every event of a request that was answered with 2xx, in the order of arrival, duplicates included. */
  readonly events: CloudEvent[];
  /** How many requests came, whatever was answered. */
  requests(): number;
  /** The status of the answers from now on. */
  answer(status: number): void;
}

/** Starts a receiver that answers 204, on a given port or any. */
export async function startTestReceiver(port = 0): Promise<TestReceiver> {
  const events: CloudEvent[] = [];
  let status = 204;
  let requests = 0;
  const server: Server = createServer(async (request, response) => {
    requests++;
    let body = "";
    for await (const chunk of request.setEncoding("utf8")) body += String(chunk);
    const answered = status;
    if (answered < 300) events.push(...decodeHttp(request.headers as Record<string, string>, body));
    response.writeHead(answered).end();
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/events`,
    events,
    requests: () => requests,
    answer: (next) => void (status = next),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
