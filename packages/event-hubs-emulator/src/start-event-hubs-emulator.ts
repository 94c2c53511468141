import type { Socket } from "node:net";

import { createKeyRing } from "./access/key-ring.ts";
import { acceptByAudience } from "./access/put-token.ts";
import type { Broker } from "./amqp/broker.ts";
import { defaultIdleLimits, watchIdle } from "./amqp/idle.ts";
import { createPeers } from "./amqp/peers.ts";
import { sayGoodbye } from "./amqp/say-goodbye.ts";
import { serveConnection } from "./amqp/serve-connection.ts";
import { completed, entityNotFound } from "./amqp/service-error.ts";
import type { ServiceError } from "./amqp/service-error.ts";
import { createHubs } from "./broker/hubs.ts";
import { defaultRetention } from "./broker/retention.ts";
import { connectionString } from "./connection-string.ts";
import type { EventHubsEmulator, EventHubsEmulatorOptions } from "./emulator-api.ts";
import { createFaultList } from "./faults/fault-list.ts";
import type { FaultList } from "./faults/fault-list.ts";
import { listenOnAll } from "./net/listen.ts";
import { createProtocols } from "./net/protocols.ts";
import { surface } from "./surface.ts";

/** The key of Microsoft's own emulator, so that its connection strings work here too. */
const defaultKeys = { RootManageSharedAccessKey: { key: "SAS_KEY_VALUE" } };

const detachForced: ServiceError = { condition: "amqp:link:detach-forced" };
const connectionForced: ServiceError = { condition: "amqp:connection:forced" };

/**
 * Starts an emulated Event Hubs namespace and resolves once it listens. Rejects with a ListenError when an address cannot be
 * used, and with a RangeError on a hub, key, certificate or limit that makes no sense.
 */
export async function startEventHubsEmulator(
  options: EventHubsEmulatorOptions = {},
): Promise<EventHubsEmulator> {
  const { host = "127.0.0.1", acceptToken = acceptByAudience, maxMessageSize = 1024 * 1024 } = options;
  const now = Date.now;
  const retention = { ...defaultRetention, ...options.retention };
  for (const [name, limit] of Object.entries({ maxMessageSize, ...retention }))
    if (!(limit >= 1)) throw new RangeError(`${name} is 1 or more, not ${limit}.`);

  const hubs = createHubs(options.hubs ?? { hub: {} }, { retention, now, onEvent: options.onEvent });
  const keys = createKeyRing(options.keys ?? defaultKeys);
  const faults = createFaultList();
  const rules = {
    keys,
    now,
    acceptToken: (token: Parameters<typeof acceptToken>[0]) => surface(() => acceptToken(token)),
    hubExists: (name: string) => hubs.find(name) !== undefined,
  };
  const broker: Broker = { findHub: hubs.find, rules, faults, maxMessageSize, now };

  const peers = createPeers();
  const protocols = createProtocols(options.tls, (stream) => peers.add(serveConnection(stream, broker)));
  const listeners = await listenOnAll(host, [options.port ?? 0, options.webSocketPort], (socket) =>
    accept(socket, faults, protocols),
  );
  const [port = 0, webSocketPort] = listeners.ports;
  const stopWatching = watchIdle(peers, { ...defaultIdleLimits, ...options.idle }, now);
  const close = async () => {
    stopWatching();
    await sayGoodbye(peers, completed(connectionForced));
    await listeners.close();
  };

  return {
    host,
    port,
    webSocketPort,
    connectionString: connectionString(host, port, keys, {}),
    connectionStringFor: (wanted) => connectionString(host, port, keys, wanted),
    get hubs() {
      return hubs.list;
    },
    hub: hubs.get,
    addHub: (name, hubOptions = {}) => hubs.add(name, hubOptions),
    removeHub(name) {
      const removed = hubs.remove(name).name;
      peers.detach(entityNotFound(`sb://${host}/${removed}`), { hub: removed });
    },
    setKey(name, patch) {
      keys.set(name, patch);
      peers.reauthorize();
    },
    removeKey(name) {
      if (!keys.remove(name)) throw new RangeError(`There is no key "${name}".`);
      peers.reauthorize();
    },
    faults,
    get connections() {
      return peers.size;
    },
    detachLinks: (error = detachForced, filter = {}) => peers.detach(error, filter),
    closeConnections: (error = connectionForced) => peers.close(error),
    dropConnections: peers.drop,
    close,
    [Symbol.asyncDispose]: close,
  };
}

function accept(socket: Socket, faults: FaultList, serve: (socket: Socket) => void): void {
  const fault = faults.take("connect", {});
  if (fault === undefined) return serve(socket);
  socket.on("error", () => socket.destroy());
  if (fault.do === "drop") socket.destroy();
  // What the client says is read, so that its socket never fills, and ignored.
  else socket.resume();
}
