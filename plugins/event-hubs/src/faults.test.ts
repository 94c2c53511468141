import { setTimeout as sleep } from "node:timers/promises";
import { type EventHubsEmulator, type Fault, startEventHubsEmulator } from "@forewarn/event-hubs-emulator";
import { describe, expect, it } from "vitest";
import { batchOf, eventOf, openSink } from "./fixtures/sink.ts";

const stored = (emulator: EventHubsEmulator) =>
  emulator
    .hub("hub")
    .events()
    .map(({ messageId }) => messageId);

/** What comes of a delivery under a fault, and how long it took. */
async function under(fault: Fault, options: { readonly warm?: boolean; readonly timeoutMs?: number } = {}) {
  const { warm = true, timeoutMs = 10_000 } = options;
  const emulator = await startEventHubsEmulator();
  const sink = await openSink(emulator);
  const failed = warm ? await sink.deliver(batchOf(eventOf("warm"))) : undefined;
  if (failed !== undefined) throw failed;
  emulator.faults.add(fault);
  const began = performance.now();
  const error = await sink.deliver(batchOf(eventOf("1")), AbortSignal.timeout(timeoutMs));
  const ms = performance.now() - began;
  return {
    error,
    ms,
    sink,
    emulator,
    async [Symbol.asyncDispose]() {
      await sink.close();
      await emulator.close();
    },
  };
}

describe("an answer that is no acceptance", () => {
  it.each<[string, Fault, object]>([
    [
      "server-busy",
      { at: "send", do: "reject", condition: "com.microsoft:server-busy" },
      { code: "FOREWARN_RETRY", retryAfterMs: 4000 },
    ],
    [
      "an internal error",
      { at: "send", do: "reject", condition: "amqp:internal-error" },
      { code: "FOREWARN_RETRY" },
    ],
    [
      "an unknown condition",
      { at: "send", do: "reject", condition: "com.example:new" },
      { code: "FOREWARN_RETRY" },
    ],
    ["released", { at: "send", do: "release" }, { code: "FOREWARN_RETRY" }],
    ["modified", { at: "send", do: "modify" }, { code: "FOREWARN_RETRY" }],
    [
      "too large",
      { at: "send", do: "reject", condition: "amqp:link:message-size-exceeded" },
      { code: "FOREWARN_REJECT" },
    ],
    ["not allowed", { at: "send", do: "reject", condition: "amqp:not-allowed" }, { code: "FOREWARN_REJECT" }],
    [
      "unauthorized",
      { at: "send", do: "reject", condition: "amqp:unauthorized-access" },
      { code: "FOREWARN_MISCONFIGURED" },
    ],
    [
      "not found",
      { at: "send", do: "reject", condition: "amqp:not-found" },
      { code: "FOREWARN_MISCONFIGURED" },
    ],
    [
      "disabled",
      { at: "send", do: "reject", condition: "com.microsoft:entity-disabled" },
      { code: "FOREWARN_MISCONFIGURED" },
    ],
    [
      "a quota",
      { at: "send", do: "reject", condition: "amqp:resource-limit-exceeded" },
      { code: "FOREWARN_MISCONFIGURED" },
    ],
  ])("%s", async (_, fault, expected) => {
    await using it = await under(fault);
    expect(it.error).toMatchObject(expected);
    expect(await it.sink.deliver(batchOf(eventOf("1")))).toBeUndefined();
    expect(stored(it.emulator)).toEqual(["warm", "1"]);
  });

  it("what needs a person costs the link, so that a probe asks anew", async () => {
    await using it = await under({ at: "send", do: "reject", condition: "com.microsoft:entity-disabled" });
    it.emulator.faults.add({ at: "attach", do: "refuse", condition: "com.microsoft:entity-disabled" });
    expect(await it.sink.probe()).toMatchObject({ code: "FOREWARN_MISCONFIGURED" });
    expect(await it.sink.probe()).toBeUndefined();
  });

  it("server-busy does not cost the link", async () => {
    await using it = await under({ at: "send", do: "reject", condition: "com.microsoft:server-busy" });
    it.emulator.faults.add({ at: "connect", do: "drop", times: "always" });
    expect(await it.sink.deliver(batchOf(eventOf("1")))).toBeUndefined();
  });
});

describe("a link that ends while a batch is in flight", () => {
  it.each<[string, Fault, string]>([
    ["detach", { at: "send", do: "detach", condition: "amqp:link:detach-forced" }, "FOREWARN_RETRY"],
    ["detach, busy", { at: "send", do: "detach", condition: "com.microsoft:server-busy" }, "FOREWARN_RETRY"],
    [
      "detach, too large",
      { at: "send", do: "detach", condition: "amqp:link:message-size-exceeded" },
      "FOREWARN_REJECT",
    ],
    [
      "detach, unauthorized",
      { at: "send", do: "detach", condition: "amqp:unauthorized-access" },
      "FOREWARN_MISCONFIGURED",
    ],
    ["close", { at: "send", do: "close", condition: "amqp:connection:forced" }, "FOREWARN_RETRY"],
    ["drop", { at: "send", do: "drop" }, "FOREWARN_RETRY"],
  ])(
    "%s: is told at once, not when the time is up, and the next delivery connects anew",
    async (_, fault, code) => {
      await using it = await under(fault);
      expect(it.error).toMatchObject({ code });
      expect(it.ms).toBeLessThan(5000);
      expect(await it.sink.deliver(batchOf(eventOf("2")))).toBeUndefined();
      expect(stored(it.emulator)).toEqual(expect.arrayContaining(["warm", "1", "2"]));
    },
  );

  it.each([
    ["detached", (emulator: EventHubsEmulator) => emulator.detachLinks()],
    ["closed", (emulator: EventHubsEmulator) => emulator.closeConnections()],
    ["dropped", (emulator: EventHubsEmulator) => emulator.dropConnections()],
  ])("idle and %s: the next delivery works", async (_, end) => {
    await using emulator = await startEventHubsEmulator();
    await using sink = await openSink(emulator);
    expect(await sink.deliver(batchOf(eventOf("1")))).toBeUndefined();
    end(emulator);
    await sleep(20);
    expect(await sink.deliver(batchOf(eventOf("2")))).toBeUndefined();
    expect(stored(emulator)).toEqual(["1", "2"]);
  });
});

describe("silence", () => {
  const silences: readonly (readonly [string, Fault, { readonly warm: boolean }])[] = [
    ["no disposition", { at: "send", do: "hang" }, { warm: true }],
    [
      "a server that accepts and says nothing",
      { at: "connect", do: "black-hole", times: 1 },
      { warm: false },
    ],
    ["no answer to the token", { at: "put-token", do: "hang" }, { warm: false }],
    ["no credit", { at: "attach", do: "no-credit" }, { warm: false }],
  ];

  it.each(silences)("%s: the signal ends the delivery", async (_, fault, { warm }) => {
    await using it = await under(fault, { warm, timeoutMs: 150 });
    expect(it.error).toMatchObject({ code: "FOREWARN_RETRY" });
    expect(it.ms).toBeLessThan(150 + 1500);
  });

  it("no disposition for long: the next delivery uses a new connection, since the old one may be dead", async () => {
    await using it = await under({ at: "send", do: "hang" }, { timeoutMs: 1500 });
    expect(it.error?.message).toMatch(/has not said whether it took the events/);
    // Strikes when a token is put, and so tells that there is a new link.
    it.emulator.faults.add({ at: "put-token", do: "delay", ms: 1 });
    expect(await it.sink.deliver(batchOf(eventOf("2")))).toBeUndefined();
    expect(it.emulator.faults.waiting).toEqual([]);
    await expect.poll(() => it.emulator.connections).toBe(1);
  });

  it("cut short, for something urgent: the link serves on", async () => {
    await using it = await under({ at: "send", do: "hang" }, { timeoutMs: 100 });
    expect(it.error).toMatchObject({ code: "FOREWARN_RETRY" });
    it.emulator.faults.add({ at: "connect", do: "drop", times: "always" });
    expect(await it.sink.deliver(batchOf(eventOf("2")))).toBeUndefined();
  });

  it("connecting goes on when a delivery gives up, so that the next one finds the link open", async () => {
    await using it = await under({ at: "put-token", do: "delay", ms: 300 }, { warm: false, timeoutMs: 100 });
    expect(it.error?.message).toMatch(/has not opened a link before the time was up/);
    it.emulator.faults.clear();
    expect(await it.sink.deliver(batchOf(eventOf("2")))).toBeUndefined();
    expect(it.emulator.connections).toBe(1);
  });

  it.each([false, true])("aborted from the start, link open: %s: nothing is sent", async (warm) => {
    await using emulator = await startEventHubsEmulator();
    await using sink = await openSink(emulator);
    if (warm) await sink.probe();
    expect(await sink.deliver(batchOf(eventOf("1")), AbortSignal.abort())).toMatchObject({
      code: "FOREWARN_RETRY",
    });
    expect(await sink.deliver(batchOf(eventOf("2")))).toBeUndefined();
    expect(stored(emulator)).toEqual(["2"]);
  });
});

describe("a link that cannot be opened", () => {
  it.each<[string, Fault, object]>([
    [
      "attach refused, unauthorized",
      { at: "attach", do: "refuse", condition: "amqp:unauthorized-access" },
      { code: "FOREWARN_MISCONFIGURED" },
    ],
    [
      "attach refused, disabled",
      { at: "attach", do: "refuse", condition: "com.microsoft:entity-disabled" },
      { code: "FOREWARN_MISCONFIGURED" },
    ],
    [
      "attach refused, busy",
      { at: "attach", do: "refuse", condition: "com.microsoft:server-busy" },
      { code: "FOREWARN_RETRY", retryAfterMs: 4000 },
    ],
    [
      "attach refused, not allowed",
      { at: "attach", do: "refuse", condition: "amqp:not-allowed" },
      { code: "FOREWARN_MISCONFIGURED" },
    ],
    [
      "the token refused, 401",
      { at: "put-token", do: "refuse", status: 401 },
      { code: "FOREWARN_MISCONFIGURED" },
    ],
    [
      "the token refused, 404",
      { at: "put-token", do: "refuse", status: 404 },
      { code: "FOREWARN_MISCONFIGURED" },
    ],
    ["the token refused, 503", { at: "put-token", do: "refuse", status: 503 }, { code: "FOREWARN_RETRY" }],
    ["the connection dropped", { at: "connect", do: "drop" }, { code: "FOREWARN_RETRY" }],
  ])("%s", async (_, fault, expected) => {
    await using it = await under(fault, { warm: false });
    expect(it.error).toMatchObject(expected);
    expect(await it.sink.probe()).toBeUndefined();
    expect(await it.sink.deliver(batchOf(eventOf("1")))).toBeUndefined();
    expect(stored(it.emulator)).toEqual(["1"]);
  });

  it("nobody listens: is tried again, and works when somebody does", async () => {
    const first = await startEventHubsEmulator();
    const { port, connectionString } = first;
    await first.close();
    await using sink = await openSink(undefined, { options: { connectionString } });
    expect(await sink.deliver(batchOf(eventOf("1")))).toMatchObject({
      code: "FOREWARN_RETRY",
      message: expect.stringMatching(/^127\.0\.0\.1:\d+\/hub cannot be reached: .*ECONNREFUSED/),
    });
    await using emulator = await startEventHubsEmulator({ port });
    expect(await sink.deliver(batchOf(eventOf("1")))).toBeUndefined();
    expect(stored(emulator)).toEqual(["1"]);
  });

  it("a host that does not exist: names the option", async () => {
    const options = { namespace: "contoso.servicebus.invalid" };
    const azureToken = () => Promise.resolve({ token: "t", expiresOn: Date.now() + 3_600_000 });
    await using sink = await openSink(undefined, { options, azureToken });
    const error = await sink.deliver(batchOf(eventOf("1")));
    // A machine without any name service says EAI_AGAIN, which may pass.
    expect(error?.message).toMatch(
      /there is no host contoso\.servicebus\.invalid: check the option namespace|EAI_AGAIN/,
    );
  });
});
