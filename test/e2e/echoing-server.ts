import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";

/** A server on loopback that answers as the last part of a path says, and repeats whatever it was sent. */
export interface EchoingServer extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  /** What came, as text: line, headers, body. */
  readonly requests: readonly string[];
}

/** What each word of a path is answered with: a batch is rejected, the sink paused, or it is tried again. */
const statuses: Readonly<Record<string, number>> = { reject: 400, pause: 401, retry: 500 };

/** Starts one; it is also a proxy that lets nobody through. */
export async function startEchoingServer(): Promise<EchoingServer> {
  const requests: string[] = [];
  const echo = (line: string, headers: IncomingHttpHeaders, body: string) => {
    const text = `${line}\n${JSON.stringify(headers)}\n${body}`;
    requests.push(text);
    // Without the body: an event is no secret, and would fill the excerpt.
    return `refused: ${line} ${JSON.stringify(headers)}`;
  };
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request.setEncoding("utf8")) body += String(chunk);
    const text = echo(`${request.method} ${request.url}`, request.headers, body);
    const word = Object.keys(statuses).find((each) => request.url?.includes(each)) ?? "retry";
    response.writeHead(statuses[word] ?? 500, { "x-echo": text.slice(0, 1000) }).end(text);
  });
  server.on("connect", (request, socket) => {
    const text = echo(`CONNECT ${request.url}`, request.headers, "");
    socket.end(`HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: ${text.length}\r\n\r\n${text}`);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
