import { Agent, get } from "node:http";
import type { IncomingMessage } from "node:http";
import { connect } from "node:net";
import { expect, test } from "vitest";

import { startSimulator } from "../start-simulator.ts";
import { ask, EVENTS } from "../testing/ask.ts";
import { listenError } from "./listen-error.ts";

test("a taken port is said, with where and what to do", async () => {
  await using simulator = await startSimulator();
  const port = Number(new URL(simulator.url).port);
  await expect(startSimulator({ port })).rejects.toMatchObject({
    code: "EADDRINUSE",
    message: expect.stringMatching(
      `^Cannot listen on 127.0.0.1:${port}: the port is taken\\. .*another port`,
    ),
  });
});

test("a missing address is said, with how to add it", async () => {
  await expect(startSimulator({ host: "192.0.2.1" })).rejects.toMatchObject({
    code: "EADDRNOTAVAIL",
    message: expect.stringContaining("ip addr add 192.0.2.1/32 dev lo"),
  });
});

test.each([
  ["EACCES", "CAP_NET_BIND_SERVICE"],
  ["ENOTFOUND", "is not an address"],
  ["EWHATEVER", "original"],
])("%s is explained with %s", (code, words) => {
  const error = listenError(Object.assign(new Error("original"), { code }), "::1", 80);
  expect(error.message).toMatch(/^Cannot listen on \[::1\]:80: /);
  expect(error.message).toContain(words);
});

test("the URL of a wildcard address can be asked", async () => {
  await using simulator = await startSimulator({ host: "0.0.0.0" });
  expect(simulator.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect(await ask(simulator, EVENTS)).toMatchObject({ status: 200 });
});

test("a connection serves many requests", async () => {
  await using simulator = await startSimulator();
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const ports = new Set<number | undefined>();
  for (let round = 0; round < 3; round += 1) {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      get(simulator.url + EVENTS, { agent, headers: { Metadata: "true" } }, resolve).on("error", reject);
    });
    ports.add(response.socket.localPort);
    for await (const chunk of response) expect(chunk).toBeDefined();
  }
  agent.destroy();
  expect(ports.size).toBe(1);
});

test("closing cuts idle connections and requests under way, and may be repeated", async () => {
  const simulator = await startSimulator();
  await ask(simulator, EVENTS);
  simulator.respondNext("hang");
  const hanging = ask(simulator, EVENTS).catch(() => "cut");
  while (simulator.requests.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
  const began = performance.now();
  await Promise.all([simulator.close(), simulator.close()]);
  await simulator.close();
  expect(performance.now() - began).toBeLessThan(1000);
  expect(await hanging).toBe("cut");
  await expect(ask(simulator, EVENTS)).rejects.toThrow("fetch failed");
});

test("a client that goes away in the middle of its body does no harm", async () => {
  await using simulator = await startSimulator();
  const { hostname, port } = new URL(simulator.url);
  const socket = connect(Number(port), hostname);
  socket.write(`POST ${EVENTS} HTTP/1.1\r\nHost: x\r\nMetadata: true\r\nContent-Length: 100\r\n\r\n{"Start`);
  await new Promise((resolve) => setTimeout(resolve, 20));
  socket.destroy();
  expect(await ask(simulator, EVENTS)).toMatchObject({ status: 200 });
});

test("a body beyond the limit is malformed, not kept", async () => {
  await using simulator = await startSimulator();
  const { EventId } = simulator.schedule({ EventType: "Reboot" });
  const body = JSON.stringify({ StartRequests: [{ EventId }], padding: "x".repeat(1_000_000) });
  const answer = await ask(simulator, EVENTS, { method: "POST", headers: { Metadata: "true" }, body });
  expect(answer.status).toBe(400);
  expect(simulator.requests[0]?.body).toHaveLength(65_536);
});
