import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { startDeafServer } from "./fixtures/deaf-server.ts";
import { rawResponse, startHttpServer, startTcpServer } from "./fixtures/loopback-server.ts";
import type { HttpRequest } from "./http-client.ts";
import { createTransport, type Limits, type Outcome, type Transport } from "./transport.ts";

const GET: HttpRequest = { method: "GET", path: "/x", headers: { Metadata: "true" } };
const POST: HttpRequest = { method: "POST", path: "/x", headers: {}, body: "{}" };

const transportTo = (endpoint: string, most = 1_000_000): Transport => {
  const transport = createTransport(endpoint, most);
  onTestFinished(() => transport.close());
  return transport;
};

const timed = async (outcome: Promise<Outcome>): Promise<Outcome & { readonly ms: number }> => {
  const start = performance.now();
  return { ...(await outcome), ms: performance.now() - start };
};

const SOON: Limits = { timeoutMs: 300 };
const LATER: Limits = { timeoutMs: 5_000 };

/** That it takes as long as a timer of 300 ms beside it, which a busy machine delays as much: undici's own took 970. */
const takesPrecisely300 = async (exchange: () => Promise<Outcome>): Promise<Outcome> => {
  const start = performance.now();
  const since = (): number => performance.now() - start;
  const beside = new Promise((resolve) => setTimeout(resolve, 300)).then(since);
  const outcome = await exchange();
  const ms = since();
  expect(ms).toBeGreaterThan(290);
  expect(ms - (await beside)).toBeLessThan(300);
  return outcome;
};

test("one connection serves one request after the other", async () => {
  const server = await startHttpServer(() => ({ body: {} }));
  const transport = transportTo(server.endpoint);
  for (let n = 0; n < 3; n += 1) await transport.exchange(GET, LATER);
  expect(server.connections()).toBe(1);
});

test("a slow request does not hold up another", async () => {
  const slow = Promise.withResolvers<undefined>();
  const server = await startHttpServer(async (request) => {
    if (request.url.pathname === "/slow") await slow.promise;
    return { body: {} };
  });
  const transport = transportTo(server.endpoint);
  const first = transport.exchange({ ...GET, path: "/slow" }, LATER);
  expect(await transport.exchange(GET, LATER)).toMatchObject({ kind: "response" });
  slow.resolve(undefined);
  expect(await first).toMatchObject({ kind: "response", status: 200 });
});

test("a server that accepts and says nothing costs exactly the timeout", async () => {
  const server = await startTcpServer(() => undefined);
  const outcome = await takesPrecisely300(() => transportTo(server.endpoint).exchange(GET, SOON));
  expect(outcome).toMatchObject({ kind: "timeout", connected: true });
});

test("a body that never ends costs exactly the timeout", async () => {
  const server = await startTcpServer((socket) =>
    socket.write("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"),
  );
  const outcome = await takesPrecisely300(() => transportTo(server.endpoint).exchange(GET, SOON));
  expect(outcome.kind).toBe("timeout");
});

// Only Linux drops a SYN when the accept queue is full.
test.skipIf(process.platform !== "linux")(
  "a connection that is never made costs exactly the timeout, and does not hold up the next",
  async () => {
    const server = await startDeafServer(1_000);
    const transport = transportTo(server.endpoint);
    const outcome = await takesPrecisely300(() => transport.exchange(GET, SOON));
    expect(outcome).toMatchObject({ kind: "timeout", connected: false });
    server.hangUp();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(process.getActiveResourcesInfo()).not.toContain("ConnectWrap");
    expect(await transport.exchange(GET, LATER)).toMatchObject({ kind: "response", body: "{}" });
  },
);

test("after a timeout on a kept-alive connection that froze, the next request has a new one", async () => {
  const server = await startTcpServer((socket, count, connection) => {
    if (connection > 1 || count === 1) socket.write(rawResponse("{}"));
  });
  const transport = transportTo(server.endpoint);
  expect(await transport.exchange(GET, LATER)).toMatchObject({ kind: "response" });
  expect(await transport.exchange(GET, SOON)).toMatchObject({ kind: "timeout", connected: true });
  expect(await transport.exchange(GET, LATER)).toMatchObject({ kind: "response", body: "{}" });
  expect(server.connections()).toBe(2);
});

test("a GET on a kept-alive connection that is reset is sent once more, at once", async () => {
  const server = await startTcpServer((socket, count, connection) => {
    if (connection === 1 && count === 2) socket.resetAndDestroy();
    else socket.write(rawResponse(`{"connection":${connection}}`));
  });
  const transport = transportTo(server.endpoint);
  await transport.exchange(GET, LATER);
  const second = await timed(transport.exchange(GET, LATER));
  expect(second).toMatchObject({ kind: "response", body: '{"connection":2}' });
  expect(second.ms).toBeLessThan(LATER.timeoutMs / 2);
});

test("so is one whose kept-alive connection ends without an answer", async () => {
  const server = await startTcpServer((socket, count, connection) => {
    if (connection === 1 && count === 2) socket.end();
    else socket.write(rawResponse("{}"));
  });
  const transport = transportTo(server.endpoint);
  await transport.exchange(GET, LATER);
  expect(await transport.exchange(GET, LATER)).toMatchObject({ kind: "response" });
});

test("but only once", async () => {
  const server = await startTcpServer((socket, count, connection) => {
    if (connection === 1 && count === 1) socket.write(rawResponse("{}"));
    else socket.resetAndDestroy();
  });
  const transport = transportTo(server.endpoint);
  await transport.exchange(GET, LATER);
  expect(await transport.exchange(GET, LATER)).toMatchObject({ kind: "connection-lost" });
  expect(server.connections()).toBe(2);
});

test("a reset of a new connection is not tried again", async () => {
  const server = await startTcpServer((socket) => socket.resetAndDestroy());
  const outcome = await transportTo(server.endpoint).exchange(GET, LATER);
  expect(outcome).toMatchObject({ kind: "connection-lost", stale: false });
  expect(server.connections()).toBe(1);
});

test("a POST has a connection of its own and is not tried again", async () => {
  const server = await startTcpServer((socket, _count, connection) => {
    if (connection === 1) socket.write(rawResponse("{}"));
    else socket.resetAndDestroy();
  });
  const transport = transportTo(server.endpoint);
  await transport.exchange(GET, LATER);
  expect(await transport.exchange(POST, LATER)).toMatchObject({ kind: "connection-lost" });
  expect(server.connections()).toBe(2);
});

test("a connection that the server closed while it was idle is replaced", async () => {
  const server = await startHttpServer((_request, _response, socket) => {
    setTimeout(() => socket.destroy(), 20);
    return { body: {} };
  });
  const transport = transportTo(server.endpoint);
  await transport.exchange(GET, LATER);
  await new Promise((resolve) => setTimeout(resolve, 60));
  expect(await transport.exchange(GET, LATER)).toMatchObject({ kind: "response" });
  expect(server.connections()).toBe(2);
});

test("a connection that the server does not keep is not kept", async () => {
  const server = await startHttpServer(() => ({ status: 403, headers: { connection: "close" } }));
  const transport = transportTo(server.endpoint);
  for (let n = 0; n < 3; n += 1) {
    expect(await transport.exchange(GET, LATER)).toMatchObject({ kind: "response", status: 403 });
  }
  expect(server.connections()).toBe(3);
});

test("the header that IMDS demands is on the wire as its documentation writes it", async () => {
  const heads: string[] = [];
  const server = await startTcpServer((socket, _count, _connection, bytes) => {
    heads.push(bytes);
    socket.write(rawResponse("{}"));
  });
  await transportTo(server.endpoint).exchange(GET, LATER);
  expect(heads.join("")).toMatch(/^GET \/x HTTP\/1\.1\r\n/);
  expect(heads.join("")).toContain("\r\nMetadata: true\r\n");
});

test("half a body is a lost connection", async () => {
  const server = await startTcpServer((socket) => {
    socket.end(rawResponse('{"Events":[]}').slice(0, -5));
  });
  expect(await transportTo(server.endpoint).exchange(GET, LATER)).toMatchObject({ kind: "connection-lost" });
});

test("nor is it asked for again, although the connection was a kept-alive one", async () => {
  const server = await startTcpServer((socket, count) => {
    if (count === 1) socket.write(rawResponse("{}"));
    else socket.end(rawResponse("{}").slice(0, -1));
  });
  const transport = transportTo(server.endpoint);
  await transport.exchange(GET, LATER);
  expect(await transport.exchange(GET, LATER)).toMatchObject({ kind: "connection-lost", stale: false });
  expect(server.connections()).toBe(1);
});

test("what is not HTTP is a lost connection", async () => {
  const server = await startTcpServer((socket) => socket.write("SSH-2.0-OpenSSH_9.9\r\n"));
  expect(await transportTo(server.endpoint).exchange(GET, LATER)).toMatchObject({ kind: "connection-lost" });
});

test("a port without a server is unreachable", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  const outcome = await timed(transportTo(`http://127.0.0.1:${port}`).exchange(GET, LATER));
  expect(outcome).toMatchObject({ kind: "unreachable", cause: { code: "ECONNREFUSED" } });
  expect(outcome.ms).toBeLessThan(LATER.timeoutMs / 2);
});

test("a body is read up to the limit and no further", async () => {
  const server = await startHttpServer((request) => ({
    body: "x".repeat(Number(request.url.searchParams.get("n"))),
  }));
  const transport = transportTo(server.endpoint, 1000);
  expect(await transport.exchange({ ...GET, path: "/?n=1000" }, LATER)).toMatchObject({ kind: "response" });
  expect(await transport.exchange({ ...GET, path: "/?n=1001" }, LATER)).toMatchObject({ kind: "too-large" });
  expect(await transport.exchange({ ...GET, path: "/?n=10" }, LATER)).toMatchObject({ body: "x".repeat(10) });
});

test("an endless body is cut off", async () => {
  const server = await startHttpServer((_request, response) => {
    const timer = setInterval(() => response.write("x".repeat(10_000)), 1);
    response.on("close", () => clearInterval(timer));
    return undefined;
  });
  const outcome = await timed(transportTo(server.endpoint, 50_000).exchange(GET, LATER));
  expect(outcome.kind).toBe("too-large");
  expect(outcome.ms).toBeLessThan(LATER.timeoutMs / 2);
});

test("endless headers are cut off", async () => {
  const server = await startTcpServer((socket) => {
    socket.write(`HTTP/1.1 200 OK\r\n${`X-A: ${"a".repeat(1000)}\r\n`.repeat(100)}\r\n`);
  });
  expect(await transportTo(server.endpoint).exchange(GET, LATER)).toMatchObject({ kind: "too-large" });
});

test("a text of many bytes per character survives chunks that split it", async () => {
  const text = JSON.stringify({ name: "Zürich 東京 😀".repeat(50) });
  const bytes = Buffer.from(text);
  const server = await startTcpServer(async (socket) => {
    socket.setNoDelay(true);
    socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${bytes.length}\r\n\r\n`);
    for (let at = 0; at < bytes.length; at += 101) {
      socket.write(bytes.subarray(at, at + 101));
      await new Promise((resolve) => setImmediate(resolve));
    }
  });
  expect(await transportTo(server.endpoint).exchange(GET, LATER)).toMatchObject({ body: text });
});

test("a signal ends a request at once, with its reason", async () => {
  const server = await startTcpServer(() => undefined);
  const controller = new AbortController();
  const outcome = timed(transportTo(server.endpoint).exchange(GET, { ...LATER, signal: controller.signal }));
  setTimeout(() => controller.abort("enough"), 50);
  expect(await outcome).toMatchObject({ kind: "aborted", cause: "enough" });
  expect((await outcome).ms).toBeLessThan(LATER.timeoutMs / 2);
});

test("a signal that was aborted before makes no connection", async () => {
  const server = await startHttpServer(() => ({ body: {} }));
  const limits = { ...LATER, signal: AbortSignal.abort("no") };
  expect(await transportTo(server.endpoint).exchange(GET, limits)).toMatchObject({
    kind: "aborted",
    cause: "no",
  });
  expect(server.connections()).toBe(0);
});

test("close ends what is under way and what comes later, and may be called again", async () => {
  const server = await startTcpServer(() => undefined);
  const transport = createTransport(server.endpoint, 1000);
  const outcomes = [transport.exchange(GET, LATER), transport.exchange(GET, LATER)];
  setTimeout(() => transport.close(), 50);
  expect(await Promise.all(outcomes)).toMatchObject([{ kind: "aborted" }, { kind: "aborted" }]);
  transport.close();
  expect(await transport.exchange(GET, LATER)).toMatchObject({ kind: "aborted" });
});

test("one signal for a thousand requests gathers no listeners", async () => {
  const server = await startHttpServer(() => ({ body: {} }));
  const transport = transportTo(server.endpoint);
  const warnings: Error[] = [];
  const note = (warning: Error): number => warnings.push(warning);
  process.on("warning", note);
  onTestFinished(() => void process.off("warning", note));
  const { signal } = new AbortController();
  for (let n = 0; n < 1000; n += 1) await transport.exchange(GET, { ...LATER, signal });
  expect(warnings).toEqual([]);
  expect(server.connections()).toBe(1);
});
