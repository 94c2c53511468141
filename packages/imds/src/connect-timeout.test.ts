import { expect, onTestFinished, test } from "vitest";
import { startDeafServer } from "./fixtures/deaf-server.ts";
import { startHttpServer } from "./fixtures/loopback-server.ts";
import type { HttpRequest } from "./http-client.ts";
import { createTransport, type Limits, type Transport } from "./transport.ts";

const GET: HttpRequest = { method: "GET", path: "/x", headers: { Metadata: "true" } };
const LATER: Limits = { timeoutMs: 5_000 };

const transportTo = (endpoint: string): Transport => {
  const transport = createTransport(endpoint, 1_000_000);
  onTestFinished(() => transport.close());
  return transport;
};

// Only Linux drops a SYN when the accept queue is full.
test.skipIf(process.platform !== "linux")("connecting has a limit of its own", async () => {
  const server = await startDeafServer(3_000);
  const began = performance.now();
  const outcome = await transportTo(server.endpoint).exchange(GET, { ...LATER, connectTimeoutMs: 300 });
  expect(outcome).toMatchObject({ kind: "timeout", connected: false });
  expect(performance.now() - began).toBeLessThan(LATER.timeoutMs / 2);
});

test("the limit of connecting does not count once there is a connection", async () => {
  const server = await startHttpServer((_, response) => void setTimeout(() => response.end("{}"), 600));
  const outcome = await transportTo(server.endpoint).exchange(GET, { ...LATER, connectTimeoutMs: 200 });
  expect(outcome).toMatchObject({ kind: "response" });
});
