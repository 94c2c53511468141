import { once } from "node:events";
import rhea from "rhea";
import type { Connection, ConnectionOptions, Delivery, Receiver, Sender } from "rhea";
import { onTestFinished } from "vitest";

import type { EventHubsEmulator } from "../emulator-api.ts";

/** An AMQP client that does what no SDK does. Its calls reject with the broker's AMQP error. */
export interface RheaClient {
  readonly connection: Connection;
  readonly message: typeof rhea.message;
  openSender(address: string): Promise<Sender>;
  openReceiver(address: string, options?: object): Promise<Receiver>;
  send(sender: Sender, message: object): Promise<void>;
  /** Sends bytes as a batch. */
  sendRaw(sender: Sender, bytes: Buffer): Promise<void>;
}

const BATCH = 0x80013700;

/** Connects with SASL PLAIN; the name and value of a key, by default the first one. */
export async function openRheaClient(
  { port }: EventHubsEmulator,
  username = "RootManageSharedAccessKey",
  password = "SAS_KEY_VALUE",
): Promise<RheaClient> {
  const container = rhea.create_container();
  const options = { host: "127.0.0.1", port, username, password, reconnect: false };
  const connection = container.connect(options as ConnectionOptions);
  onTestFinished(() => connection.close());
  for (const event of ["receiver_error", "sender_error", "session_error"]) container.on(event, () => {});
  container.on("disconnected", () => {});
  await settled(connection, "connection_open", ["connection_error", "disconnected"]);

  const waiting = new Map<Delivery, PromiseWithResolvers<void>>();
  const deliver = (delivery: Delivery) => {
    const outcome = Promise.withResolvers<void>();
    waiting.set(delivery, outcome);
    return outcome.promise;
  };
  container.on("accepted", ({ delivery }) => waiting.get(delivery)?.resolve());
  container.on("released", ({ delivery }) => waiting.get(delivery)?.reject(new Error("released")));
  container.on("rejected", ({ delivery }) => waiting.get(delivery)?.reject(delivery.remote_state?.error));
  return {
    connection,
    message: rhea.message,
    async openSender(address) {
      const sender = connection.open_sender(address);
      await settled(sender, "sendable", ["sender_error"]);
      return sender;
    },
    async openReceiver(address, receiverOptions = {}) {
      const receiver = connection.open_receiver({ source: address, credit_window: 0, ...receiverOptions });
      await settled(receiver, "receiver_open", ["receiver_error"]);
      // A refusal is an attach and then a detach; a request of the broker on the same connection would come in between.
      await new Promise((resolve) => setTimeout(resolve, 20));
      if (receiver.error !== undefined) throw receiver.error;
      return receiver;
    },
    send: (sender, message) => deliver(sender.send(message as never)),
    sendRaw: (sender, bytes) => deliver(sender.send(bytes, undefined, BATCH)),
  };
}

async function settled(
  emitter: Connection | Sender | Receiver,
  good: string,
  bad: readonly string[],
): Promise<void> {
  const stop = new AbortController();
  const { signal } = stop;
  const failed = bad.map(async (event) => {
    const [context] = (await once(emitter, event, { signal })) as [Readonly<Record<string, unknown>>];
    const link = (context["sender"] ?? context["receiver"]) as { readonly error?: unknown } | undefined;
    throw link?.error ?? context["error"] ?? new Error(event);
  });
  try {
    await Promise.race([once(emitter, good, { signal }), ...failed]);
  } finally {
    for (const promise of failed) promise.catch(() => {});
    stop.abort();
  }
}
