import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** One request that came, by this process's `performance.now()` at the moment its head was read. */
export interface Arrival {
  readonly at: number;
  readonly body: string;
}

/** The webhook's other end on loopback: answers 204 and tells of each request. */
export interface Receiver {
  readonly url: string;
  close(): Promise<void>;
}

/** Starts a receiver on any free port, which answers `afterMs` after a request came. */
export async function startReceiver(tell: (arrival: Arrival) => void, afterMs = 0): Promise<Receiver> {
  const server = createServer({ keepAliveTimeout: 120_000 }, (request, response) => {
    const at = performance.now();
    let body = "";
    request.setEncoding("utf8");
    request.on("data", (chunk: string) => (body += chunk));
    request.on("end", () => {
      const answer = () => void response.writeHead(204).end();
      if (afterMs === 0) answer();
      else setTimeout(answer, afterMs);
      tell({ at, body });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/events`,
    close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      return closed;
    },
  };
}
