import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";

import { listenError } from "./listen-error.ts";

/** A server that listens. */
export interface Listening {
  readonly address: AddressInfo;
  /** Closes every connection at once, also those in the middle of an answer. */
  close(): Promise<void>;
}

/** Lets a server listen on host and port (0 = any free port); rejects with a ListenError. */
export async function listenOn(server: Server, host: string, port: number): Promise<Listening> {
  try {
    server.listen({ host, port });
    await once(server, "listening");
  } catch (error) {
    throw listenError(error as NodeJS.ErrnoException, host, port);
  }
  return {
    address: server.address() as AddressInfo,
    async close() {
      if (!server.listening) return;
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
