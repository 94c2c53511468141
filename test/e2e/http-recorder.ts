import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";

/** A request as it came. */
export interface RecordedRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** An answer; without a body an empty one. */
export interface RecorderAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A server on loopback that keeps every request; what it answers is the test's choice. */
export interface HttpRecorder extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  /** In the order of arrival, whatever was answered. */
  readonly requests: readonly RecordedRequest[];
  /** The answer from now on; 200 until then. */
  answer(answer: RecorderAnswer): void;
}

/** Starts a recorder on a port of its own. */
export async function startHttpRecorder(first: RecorderAnswer = { status: 200 }): Promise<HttpRecorder> {
  const requests: RecordedRequest[] = [];
  let current = first;
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request.setEncoding("utf8")) body += String(chunk);
    const { method = "", url = "", headers } = request;
    requests.push({ method, path: url, headers, body });
    response.writeHead(current.status, current.headers).end(current.body);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    answer: (next) => void (current = next),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
