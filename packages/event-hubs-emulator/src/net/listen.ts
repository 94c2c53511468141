import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";

import { listenError } from "./listen-error.ts";

/** A listening TCP port. */
interface Listener {
  readonly port: number;
  /** Stops listening and destroys every socket. */
  close(): Promise<void>;
}

/** Listens on host and port (0 = any free port); rejects with a ListenError. */
async function listen(host: string, port: number, accept: (socket: Socket) => void): Promise<Listener> {
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    accept(socket);
  });
  try {
    server.listen({ host, port });
    await once(server, "listening");
  } catch (error) {
    throw listenError(error as NodeJS.ErrnoException, host, port);
  }
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      if (!server.listening) return;
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** Several ports as one. */
export interface Listeners {
  /** In the order in which they were asked for. */
  readonly ports: readonly number[];
  close(): Promise<void>;
}

/** Listens on every port that is not undefined, or on none: rejects with a ListenError if one cannot be used. */
export async function listenOnAll(
  host: string,
  ports: readonly (number | undefined)[],
  accept: (socket: Socket) => void,
): Promise<Listeners> {
  const listeners: Listener[] = [];
  const close = async () => void (await Promise.all(listeners.map((listener) => listener.close())));
  try {
    for (const port of ports) if (port !== undefined) listeners.push(await listen(host, port, accept));
  } catch (error) {
    await close();
    throw error;
  }
  return { ports: listeners.map(({ port }) => port), close };
}
