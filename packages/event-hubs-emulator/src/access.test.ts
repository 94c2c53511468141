import { expect, test } from "vitest";

import { sasToken } from "./access/sas-token.ts";
import type { EventHubsEmulator } from "./emulator-api.ts";
import { emulate, failure, produce, sendUntil, sendUntilRefused } from "./fixtures/clients.ts";
import { openRheaClient } from "./fixtures/rhea-client.ts";

const sent = [{ body: "x" }];

/** A connection string that holds a token instead of a key. */
function withToken({ port }: EventHubsEmulator, token: string): string {
  return `Endpoint=sb://127.0.0.1:${port};SharedAccessSignature=${token};UseDevelopmentEmulator=true`;
}

test("tells a wrong key, a missing role and a wrong name apart", async () => {
  const emulator = await emulate({
    keys: { sender: { key: "c2VuZGVy", rights: ["send"] }, reader: { key: "cmVhZGVy", rights: ["listen"] } },
  });
  const wrongKey = emulator.connectionString.replace("c2VuZGVy", "d3Jvbmc=");
  expect(await failure(produce(wrongKey).sendBatch(sent))).toEqual({
    code: "UnauthorizedError",
    message: "InvalidSignature: The token has an invalid signature.",
  });
  const reader = emulator.connectionStringFor({ keyName: "reader" });
  expect(await failure(produce(reader).sendBatch(sent))).toMatchObject({
    code: "UnauthorizedError",
    message: expect.stringMatching(
      /^Unauthorized access. 'Send' claim\(s\) are required .* 'sb:\/\/127.0.0.1\/hub'/,
    ),
  });
  expect(await failure(produce(emulator.connectionString, "no-hub").sendBatch(sent))).toMatchObject({
    code: "MessagingEntityNotFoundError",
    message: expect.stringMatching(/^The messaging entity 'sb:\/\/127.0.0.1:\d+\/no-hub' could not be found/),
  });
  await produce(emulator.connectionString).sendBatch(sent);
  expect(emulator.hub("hub").received).toBe(1);
});

test("verifies resource, expiry and key name of a token", async () => {
  const emulator = await emulate();
  const [name, key] = ["RootManageSharedAccessKey", "SAS_KEY_VALUE"];
  const origin = `sb://127.0.0.1:${emulator.port}`;
  const later = Date.now() + 60_000;
  const send = (token: string) => produce(withToken(emulator, token)).sendBatch(sent);
  await send(sasToken(`${origin}/hub`, name, key, later));
  await send(sasToken(`${origin}/`, name, key, later));
  await send(sasToken(origin.replace("sb:", "https:"), name, key, later));
  const refused = async (token: string) => {
    const { code, message } = await failure(send(token));
    return `${code}: ${message}`;
  };
  const past = new Date("2026-01-02T03:04:05Z").getTime();
  expect(await refused(sasToken(`${origin}/hub`, name, key, past))).toBe(
    "UnauthorizedError: ExpiredToken: The token is expired. Expiration time: '2026-01-02 03:04:05Z'",
  );
  for (const resource of [
    `${origin}/other`,
    `${origin}/hub/Partitions/0`,
    "sb://contoso.servicebus.windows.net/hub",
  ])
    expect(await refused(sasToken(resource, name, key, later))).toContain("InvalidAudience");
  expect(await refused(sasToken(`${origin}/hub`, "other", key, later))).toContain("InvalidSignature");
  expect(await refused("SharedAccessSignature sr=x")).toContain("MalformedToken");
});

test("a token may open one partition only", async () => {
  const emulator = await emulate();
  const resource = `sb://127.0.0.1:${emulator.port}/hub/Partitions/1`;
  const token = sasToken(resource, "RootManageSharedAccessKey", "SAS_KEY_VALUE", Date.now() + 60_000);
  const producer = produce(withToken(emulator, token));
  await producer.sendBatch(sent, { partitionId: "1" });
  expect(await failure(producer.sendBatch(sent, { partitionId: "2" }))).toMatchObject({
    code: "UnauthorizedError",
  });
});

test("an open link ends with its token", async () => {
  const emulator = await emulate();
  const resource = `sb://127.0.0.1:${emulator.port}/hub`;
  const expiresAt = Math.ceil((Date.now() + 1500) / 1000) * 1000;
  const token = sasToken(resource, "RootManageSharedAccessKey", "SAS_KEY_VALUE", expiresAt);
  const producer = produce(withToken(emulator, token));
  await producer.sendBatch(sent);
  await sendUntilRefused(producer);
  expect(Date.now()).toBeGreaterThanOrEqual(expiresAt);
  expect(emulator.detachLinks()).toBe(0);
  const { message } = await failure(produce(withToken(emulator, token)).sendBatch(sent));
  expect(message).toContain("ExpiredToken");
});

test("a key that is replaced, loses a right or is removed opens nothing any more", async () => {
  const emulator = await emulate({ keys: { sender: { key: "b25l", rights: ["send"] } } });
  const client = await openRheaClient(emulator, "sender", "b25l");
  const lost = async (change: () => void) => {
    const sender = await client.openSender("hub");
    const error = new Promise((resolve) => {
      sender.once("sender_error", () => resolve(sender.error));
    });
    change();
    expect(await error).toMatchObject({ condition: "amqp:unauthorized-access" });
    await expect(client.openSender("hub")).rejects.toMatchObject({ condition: "amqp:unauthorized-access" });
  };
  await lost(() => emulator.setKey("sender", { rights: ["listen"] }));
  emulator.setKey("sender", { rights: ["send"] });
  await lost(() => emulator.setKey("sender", { key: "dHdv" }));
  expect(await failure(openRheaClient(emulator, "sender", "b25l"))).toMatchObject({
    code: "ConnectionError",
  });
  emulator.setKey("sender", { key: "b25l" });
  await lost(() => emulator.removeKey("sender"));
  expect(() => emulator.removeKey("sender")).toThrow('There is no key "sender".');
});

test("a token of a key that was replaced opens nothing any more", async () => {
  const emulator = await emulate();
  const producer = produce(emulator.connectionString);
  await producer.sendBatch(sent);
  emulator.setKey("RootManageSharedAccessKey", { key: "bmV3" });
  expect(emulator.detachLinks()).toBe(0);
  await sendUntilRefused(producer);
  const { message } = await failure(produce(emulator.connectionString).sendBatch(sent));
  expect(message).toContain("InvalidSignature");
  await produce(emulator.connectionStringFor({})).sendBatch(sent);
});

test("a hub can be removed under a client and made again", async () => {
  const emulator = await emulate();
  const producer = produce(emulator.connectionString);
  await producer.sendBatch(sent);
  emulator.removeHub("HUB");
  expect(() => emulator.hub("hub")).toThrow('There is no hub "hub".');
  await sendUntil(producer, ({ code }) => code === "MessagingEntityNotFoundError");
  const hub = emulator.addHub("hub", { partitions: 1 });
  expect(() => emulator.addHub("Hub")).toThrow('There is already a hub "Hub".');
  await producer.sendBatch(sent);
  expect(hub.received).toBe(1);
});

test("without a token a client may do nothing", async () => {
  const emulator = await emulate();
  const client = await openRheaClient(emulator, "anybody", "");
  await expect(client.openSender("hub")).rejects.toMatchObject({ condition: "amqp:unauthorized-access" });
  const reader = client.openReceiver("hub/ConsumerGroups/$Default/Partitions/0");
  await expect(reader).rejects.toMatchObject({ condition: "amqp:unauthorized-access" });
});
