import { startEventHubsEmulator } from "@forewarn/event-hubs-emulator";
import { describe, expect, it } from "vitest";
import { makeCertificate, tokenOf } from "./fixtures/certificate.ts";
import { startProxy } from "./fixtures/proxy.ts";
import { batchOf, eventOf, openSink } from "./fixtures/sink.ts";

const tls = makeCertificate({ trusted: true });
const expiresOn = Date.now() + 3_600_000;
const token = tokenOf({ aud: "https://eventhubs.azure.net", exp: Math.ceil(expiresOn / 1000) });
const azureToken = () => Promise.resolve({ token, expiresOn });

/** A sink that speaks AMQP over WebSockets over TLS. */
async function setUp(proxy?: URL) {
  const emulator = await startEventHubsEmulator({ tls });
  const options = { namespace: `localhost:${emulator.port}`, transport: "websockets" } as const;
  const sink = await openSink(emulator, { options, azureToken, ...(proxy === undefined ? {} : { proxy }) });
  return {
    emulator,
    sink,
    async [Symbol.asyncDispose]() {
      await sink.close();
      await emulator.close();
    },
  };
}

describe("AMQP over WebSockets", () => {
  it("delivers, and survives what ends a connection", async () => {
    await using it = await setUp();
    expect(await it.sink.deliver(batchOf(eventOf("1")))).toBeUndefined();
    for (const end of ["detachLinks", "closeConnections", "dropConnections"] as const) {
      it.emulator[end]();
      await expect.poll(() => it.sink.deliver(batchOf(eventOf(end)))).toBeUndefined();
    }
    const ids = it.emulator
      .hub("hub")
      .events()
      .map(({ messageId }) => messageId);
    expect(new Set(ids)).toEqual(new Set(["1", "detachLinks", "closeConnections", "dropConnections"]));
  });

  it("closes without waiting for a server that says nothing", async () => {
    await using it = await setUp();
    it.emulator.faults.add({ at: "connect", do: "black-hole", times: "always" });
    const error = await it.sink.deliver(batchOf(eventOf("1")), AbortSignal.timeout(200));
    expect(error).toMatchObject({ code: "FOREWARN_RETRY" });
    await it.sink.close();
  });

  it("goes through the proxy that is configured, with its user", async () => {
    await using proxy = await startProxy({ user: "agent:hunter2" });
    await using it = await setUp(proxy.url);
    expect(await it.sink.deliver(batchOf(eventOf("1")))).toBeUndefined();
    expect(proxy.asked).toEqual([`localhost:${it.emulator.port}`]);
    expect(it.sink.lines).toEqual([]);
  });

  it.each([
    [407, /the proxy wants a user and a password/],
    [403, /answered 403: check that the proxy lets WebSockets through/],
  ])("a proxy that answers %d needs a person", async (answer, message) => {
    await using proxy = await startProxy({ answer });
    const url = new URL(proxy.url);
    url.username = "agent";
    url.password = "hunter2";
    await using it = await setUp(url);
    const error = await it.sink.deliver(batchOf(eventOf("1")));
    expect(error).toMatchObject({ code: "FOREWARN_MISCONFIGURED", message: expect.stringMatching(message) });
    expect(`${error?.stack} ${JSON.stringify(error)}`).not.toContain("hunter2");
  });

  it("a proxy that fails, is not there, or says nothing is tried again, and nothing of it stays open", async () => {
    await using down = await startProxy({ answer: 502 });
    await using silent = await startProxy({ silent: true });
    const gone = await startProxy();
    await gone[Symbol.asyncDispose]();
    for (const { url } of [down, silent, gone]) {
      await using it = await setUp(url);
      const error = await it.sink.deliver(batchOf(eventOf("1")), AbortSignal.timeout(500));
      expect(error).toMatchObject({ code: "FOREWARN_RETRY" });
    }
    const sockets = () => process.getActiveResourcesInfo().filter((name) => name === "TCPSocketWrap").length;
    await expect.poll(sockets).toBe(0);
  });
});

describe("AMQP over TCP", () => {
  it("goes past a proxy that is configured, and says so", async () => {
    await using proxy = await startProxy();
    await using emulator = await startEventHubsEmulator();
    await using sink = await openSink(emulator, { proxy: proxy.url });
    expect(await sink.deliver(batchOf(eventOf("1")))).toBeUndefined();
    expect(proxy.asked).toEqual([]);
    expect(sink.lines).toEqual([
      { level: "warn", message: expect.stringMatching(/goes past the proxy.*transport: websockets/) },
    ]);
  });
});
