import { expect, onTestFinished, test } from "vitest";

import type { EventHubsEmulator } from "../emulator-api.ts";
import { emulate, failure, produce } from "../fixtures/clients.ts";
import { startControlServer } from "./control-server.ts";

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

type Ask = (method: string, path: string, body?: unknown, type?: string) => Promise<Answer>;

async function control(): Promise<{ readonly emulator: EventHubsEmulator; readonly ask: Ask }> {
  const emulator = await emulate();
  const server = await startControlServer(emulator, "127.0.0.1", 0);
  onTestFinished(() => server[Symbol.asyncDispose]());
  const ask: Ask = async (method, path, body, type = "application/json") => {
    const text = body === undefined || typeof body === "string" ? body : JSON.stringify(body);
    const response = await fetch(`${server.url}${path}`, {
      method,
      ...(text !== undefined && { body: text, headers: { "content-type": type } }),
    });
    return { status: response.status, body: await response.json() };
  };
  return { emulator, ask };
}

const sent = [{ body: { a: 1 }, messageId: "id-1" }];

test("injects faults, shows them and takes them back", async () => {
  const { emulator, ask } = await control();
  const producer = produce(emulator.connectionString);
  const fault = { at: "send", do: "reject", condition: "com.microsoft:server-busy", times: "always" };
  expect(await ask("POST", "/faults", fault)).toEqual({ status: 200, body: [fault] });
  expect(await failure(producer.sendBatch(sent))).toMatchObject({ code: "ServerBusyError" });
  expect(await ask("GET", "/faults")).toEqual({ status: 200, body: [fault] });
  expect(await ask("DELETE", "/faults")).toEqual({ status: 200, body: { done: true } });
  await producer.sendBatch(sent);
  expect(await ask("POST", "/faults", { at: "send" })).toEqual({
    status: 400,
    body: { error: expect.stringContaining('do (at "send") is one of "reject"') },
  });
});

test("tells the state and the events", async () => {
  const { emulator, ask } = await control();
  await produce(emulator.connectionString).sendBatch([...sent, { body: "two" }], { partitionId: "3" });
  expect(await ask("GET", "/status")).toEqual({
    status: 200,
    body: {
      product: expect.stringContaining("not Microsoft's"),
      connectionString: emulator.connectionString,
      connections: 1,
      hubs: [{ name: "hub", partitions: 4, received: 2 }],
      faults: [],
    },
  });
  const first = { hub: "hub", partition: "3", sequenceNumber: 0, messageId: "id-1", json: { a: 1 } };
  const all = await ask("GET", "/hubs/hub/events");
  expect(all.body).toMatchObject([first, { sequenceNumber: 1, json: "two" }]);
  expect((await ask("GET", "/hubs/HUB/events?partition=3&from=1")).body).toMatchObject([
    { sequenceNumber: 1 },
  ]);
  expect((await ask("GET", "/hubs/hub/events?limit=1")).body).toMatchObject([first]);
  expect((await ask("GET", "/hubs/hub/events?partition=0")).body).toEqual([]);
  for (const wrong of [
    "/hubs/other/events",
    "/hubs/hub/events?partition=9",
    "/hubs/hub/events?from=x",
    "/hubs/%/events",
  ])
    expect(await ask("GET", wrong)).toEqual({ status: 400, body: { error: expect.any(String) } });
});

test("changes hubs and keys", async () => {
  const { emulator, ask } = await control();
  expect(await ask("PUT", "/hubs/new-hub", { partitions: 2 })).toEqual({
    status: 200,
    body: { name: "new-hub", partitions: 2 },
  });
  await ask("PUT", "/keys/reader", { key: "a2V5", rights: ["listen"] });
  const reader = emulator.connectionStringFor({ keyName: "reader" });
  expect(await failure(produce(reader, "new-hub").sendBatch(sent))).toMatchObject({
    code: "UnauthorizedError",
  });
  await ask("PUT", "/keys/reader", { rights: ["listen", "send"] });
  await produce(reader, "new-hub").sendBatch(sent);
  await ask("DELETE", "/keys/reader");
  expect(await failure(produce(reader, "new-hub").sendBatch(sent))).toMatchObject({
    code: "UnauthorizedError",
  });
  await ask("DELETE", "/hubs/new-hub");
  expect(emulator.hubs.map(({ name }) => name)).toEqual(["hub"]);

  const mistakes = [
    ["PUT", "/hubs/hub", {}],
    ["PUT", "/hubs/other", { partitions: "many" }],
    ["DELETE", "/hubs/other"],
    ["PUT", "/keys/other", { rights: ["fly"] }],
    ["PUT", "/keys/other", { key: 7 }],
    ["PUT", "/keys/other", { rights: ["send"] }],
    ["DELETE", "/keys/other"],
    ["POST", "/close", { condition: 7 }],
  ] as const;
  for (const [method, path, body] of mistakes)
    expect(await ask(method, path, body), path).toEqual({ status: 400, body: { error: expect.any(String) } });
});

test("ends what is open", async () => {
  const { emulator, ask } = await control();
  const producer = produce(emulator.connectionString);
  await producer.sendBatch(sent);
  expect((await ask("POST", "/detach", { role: "receiver" })).body).toEqual({ detached: 0 });
  expect((await ask("POST", "/detach", { condition: "amqp:link:stolen" })).body).toEqual({ detached: 1 });
  expect((await ask("POST", "/close", {})).body).toEqual({ closed: 1 });
  while (emulator.connections > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  await produce(emulator.connectionString).sendBatch(sent);
  expect((await ask("POST", "/drop")).body).toEqual({ dropped: 1 });
});

test("says what is wrong with a request", async () => {
  const { ask } = await control();
  expect(await ask("GET", "/nothing")).toEqual({
    status: 404,
    body: { error: expect.stringContaining("GET /status") },
  });
  expect(await ask("DELETE", "/status")).toEqual({ status: 405, body: { error: "Use GET here." } });
  expect(await ask("POST", "/faults", "{")).toEqual({
    status: 400,
    body: { error: expect.stringContaining("no JSON") },
  });
  // A page in a browser may send this without asking.
  expect(await ask("POST", "/drop", "{}", "text/plain")).toMatchObject({ status: 415 });
});
