import { createServer, connect, type Server, type Socket } from "node:net";
import { once } from "node:events";

/** An address at which sometimes nobody listens. */
export interface Relay extends AsyncDisposable {
  readonly url: string;
  /** Closes every connection and refuses new ones. */
  down(): Promise<void>;
  /** Listens again, at the same address. */
  up(): Promise<void>;
}

/** Passes bytes on to a URL of this machine. */
export async function startRelay(target: string): Promise<Relay> {
  const { port: targetPort } = new URL(target);
  const sockets = new Set<Socket>();
  let server: Server | null = null;
  let port = 0;

  async function up(): Promise<void> {
    server = createServer((incoming) => {
      const outgoing = connect(Number(targetPort), "127.0.0.1");
      for (const socket of [incoming, outgoing]) {
        sockets.add(socket);
        socket.on("error", () => {});
        socket.on("close", () => {
          sockets.delete(socket);
          incoming.destroy();
          outgoing.destroy();
        });
      }
      incoming.pipe(outgoing).pipe(incoming);
    }).listen(port, "127.0.0.1");
    await once(server, "listening");
    port = (server.address() as { readonly port: number }).port;
  }

  async function down(): Promise<void> {
    const closing = server;
    if (closing === null) return;
    server = null;
    closing.close();
    for (const socket of sockets) socket.destroy();
    await once(closing, "close");
  }

  await up();
  return { url: `http://127.0.0.1:${port}`, up, down, [Symbol.asyncDispose]: down };
}
