import { setTimeout } from "node:timers/promises";
import { expect, test } from "vitest";

import { emulate, produce } from "./fixtures/clients.ts";
import { openRheaClient } from "./fixtures/rhea-client.ts";

test("a connection without links is closed, one with a link is not", async () => {
  const emulator = await emulate({ idle: { connectionMs: 1500 } });
  const busy = await openRheaClient(emulator);
  const sender = await busy.openSender("hub");
  const { connection } = await openRheaClient(emulator);
  const [context] = await new Promise<readonly { readonly connection: { readonly error?: unknown } }[]>(
    (resolve) => {
      connection.once(
        "connection_close",
        (...args: { readonly connection: { readonly error?: unknown } }[]) => resolve(args),
      );
    },
  );
  expect(context?.connection.error).toMatchObject({
    condition: "amqp:connection:forced",
    description: expect.stringContaining("inactive for more than the allowed 1500 milliseconds"),
  });
  while (emulator.connections > 1) await setTimeout(5);
  await busy.send(sender, { body: "still here" });
});

test("a link over which nothing is sent is detached, and the client attaches again", async () => {
  const emulator = await emulate({ idle: { linkMs: 200 } });
  const client = await openRheaClient(emulator);
  const sender = await client.openSender("hub");
  const began = Date.now();
  while (Date.now() - began < 400) await client.send(sender, { body: "warm" });
  expect(sender.is_open()).toBe(true);
  await new Promise((resolve) => sender.once("sender_error", resolve));
  expect(sender.error).toMatchObject({ condition: "amqp:link:detach-forced" });
  await produce(emulator.connectionString).sendBatch([{ body: "again" }]);
});
