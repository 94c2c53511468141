import { connect } from "node:net";
import { once } from "node:events";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { expect, test } from "vitest";
import { WebSocket } from "ws";

import { makeCertificate } from "./fixtures/certificate.ts";
import { emulate, produce } from "./fixtures/clients.ts";
import { openRheaClient } from "./fixtures/rhea-client.ts";

const tls = makeCertificate();
setDefaultCACertificates([...getCACertificates(), tls.cert]);

const sent = [{ body: "hello" }];
const webSocketOptions = { webSocket: WebSocket };

test("AMQP over TLS and plain AMQP share the port", async () => {
  const emulator = await emulate({ tls });
  const secure = emulator.connectionStringFor({ tls: true });
  expect(secure).not.toContain("UseDevelopmentEmulator");
  await produce(secure).sendBatch(sent);
  await produce(emulator.connectionString).sendBatch(sent);
  expect(emulator.hub("hub").received).toBe(2);
});

test("AMQP over WebSockets and TLS, on the same port and on a second one", async () => {
  const emulator = await emulate({ tls, webSocketPort: 0 });
  const { port, webSocketPort, connectionString } = emulator;
  expect(webSocketPort).not.toBe(port);
  await produce(connectionString, "hub", { webSocketOptions }).sendBatch(sent);
  const second = connectionString.replace(`:${port}`, `:${webSocketPort}`);
  await produce(second, "hub", { webSocketOptions }).sendBatch(sent);
  expect(
    emulator
      .hub("hub")
      .events()
      .map(({ body }) => body.toString()),
  ).toEqual(['"hello"', '"hello"']);
});

test("AMQP over WebSockets without TLS, for clients that can", async () => {
  const emulator = await emulate();
  class PlainWebSocket extends WebSocket {
    constructor(url: string, protocols: string[], options: object) {
      super(url.replace("wss:", "ws:"), protocols, options);
    }
  }
  const plain = { webSocket: PlainWebSocket as unknown as typeof WebSocket };
  const producer = produce(emulator.connectionString, "hub", { webSocketOptions: plain });
  await producer.sendBatch([{ body: "x".repeat(500_000) }]);
  expect(emulator.hub("hub").events()[0]?.body).toHaveLength(500_002);
});

test("a WebSocket without the subprotocol of AMQP, or on another path, is refused", async () => {
  const { port } = await emulate();
  const origin = `ws://127.0.0.1:${port}`;
  const other = new WebSocket(`${origin}/elsewhere`, ["AMQPWSB10"]);
  const [refused] = (await once(other, "error")) as [Error];
  expect(refused.message).toContain("404");
  const without = new WebSocket(`${origin}/$servicebus/websocket`, ["chat"]);
  const [missing] = (await once(without, "error")) as [Error];
  expect(missing.message).toContain("subprotocol");
});

test("a browser is told what the port speaks", async () => {
  const { port } = await emulate();
  const response = await fetch(`http://127.0.0.1:${port}/`);
  expect(response.status).toBe(426);
  expect(await response.text()).toContain("AMQP 1.0");
});

test("TLS without a certificate, and noise, end the connection and nothing else", async () => {
  const emulator = await emulate();
  for (const noise of [
    Buffer.from([0x16, 3, 1, 0, 5, 1, 2, 3, 4, 5]),
    Buffer.from("AMQX!!!!"),
    Buffer.from("A"),
  ]) {
    const socket = connect(emulator.port, "127.0.0.1").on("error", () => {});
    socket.resume().end(noise);
    await once(socket, "close");
  }
  await produce(emulator.connectionString).sendBatch(sent);
  expect(emulator.hub("hub").received).toBe(1);
});

test("a client is told in AMQP whose broker it is", async () => {
  const { connection } = await openRheaClient(await emulate());
  const { container_id: id, properties } = connection as unknown as Readonly<Record<string, unknown>>;
  expect(id).toBe("forewarn-event-hubs-emulator");
  expect(properties).toEqual({ product: "Forewarn Event Hubs emulator, not Microsoft's" });
});
