import type { EventHubClientOptions, WebSocketImpl } from "@azure/event-hubs";
import { HttpsProxyAgent } from "https-proxy-agent";
import { WebSocket } from "ws";

/** The WebSocket of one connection, as the SDK is given it. */
export interface WebSockets {
  readonly options: NonNullable<EventHubClientOptions["webSocketOptions"]>;
  /** Ends the socket without waiting for the peer. */
  terminate(): void;
}

/** WebSockets of the package `ws`, through an HTTP proxy where one is given. */
export function createWebSockets(proxy: URL | undefined): WebSockets {
  const over = new AbortController();
  let socket: WebSocket | undefined;

  /** The SDK calls it with `new`; what a constructor returns is what it gets. */
  function open(...args: ConstructorParameters<typeof WebSocket>): WebSocket {
    socket = new WebSocket(...args);
    return socket;
  }

  return {
    options: {
      webSocket: open as unknown as WebSocketImpl,
      // The agent hands its options to the socket that it connects with the proxy, which is not `ws`'s to end.
      webSocketConstructorOptions:
        proxy === undefined ? {} : { agent: new HttpsProxyAgent(proxy, { signal: over.signal }) },
    },
    terminate() {
      socket?.terminate();
      over.abort();
    },
  };
}
