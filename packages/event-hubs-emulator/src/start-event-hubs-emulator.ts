import type { Socket } from "node:net";

import { createKeyRing } from "./access/key-ring.ts";
import { acceptByAudience } from "./access/put-token.ts";
import type { Broker } from "./amqp/broker.ts";
import { defaultIdleLimits, watchIdle } from "./amqp/idle.ts";
import type { Peer } from "./amqp/peer.ts";
import { sayGoodbye } from "./amqp/say-goodbye.ts";
import { serveConnection } from "./amqp/serve-connection.ts";
import { completed, entityNotFound } from "./amqp/service-error.ts";
import type { ServiceError } from "./amqp/service-error.ts";
import { createHub } from "./broker/hub.ts";
import type { BrokerHub } from "./broker/hub.ts";
import { defaultRetention } from "./broker/retention.ts";
import { connectionString } from "./connection-string.ts";
import type { EventHubsEmulator, EventHubsEmulatorOptions, LinkFilter } from "./emulator-api.ts";
import { createFaultList } from "./faults/fault-list.ts";
import { listen } from "./net/listen.ts";
import { createProtocols } from "./net/protocols.ts";
import { surface } from "./surface.ts";

/** The key of Microsoft's own emulator, so that its connection strings work here too. */
const defaultKeys = { RootManageSharedAccessKey: { key: "SAS_KEY_VALUE" } };

/**
 * Starts an emulated Event Hubs namespace and resolves once it listens. Rejects with a ListenError when an address cannot be
 * used, and with a RangeError on a hub, key or limit that makes no sense.
 */
export async function startEventHubsEmulator(
  options: EventHubsEmulatorOptions = {},
): Promise<EventHubsEmulator> {
  const { acceptToken = acceptByAudience, maxMessageSize = 1024 * 1024 } = options;
  const now = Date.now;
  const host = options.host ?? "127.0.0.1";
  const retention = { ...defaultRetention, ...options.retention };
  for (const [name, limit] of Object.entries({ maxMessageSize, ...retention }))
    if (!(limit >= 1)) throw new RangeError(`${name} is 1 or more, not ${limit}.`);
  const environment = { retention, now, onEvent: options.onEvent };
  const hubs = new Map<string, BrokerHub>();
  const findHub = (name: string) => hubs.get(name.toLowerCase());
  const addHub: EventHubsEmulator["addHub"] = (name, hubOptions = {}) => {
    if (findHub(name)) throw new RangeError(`There is already a hub "${name}".`);
    const hub = createHub(name, hubOptions, environment);
    hubs.set(name.toLowerCase(), hub);
    return hub;
  };
  for (const [name, hubOptions] of Object.entries(options.hubs ?? { hub: {} })) addHub(name, hubOptions);

  const keys = createKeyRing(options.keys ?? defaultKeys);
  const faults = createFaultList();
  const broker: Broker = {
    findHub,
    rules: {
      keys,
      now,
      acceptToken: (token) => surface(() => acceptToken(token)),
      hubExists: (name) => hubs.has(name.toLowerCase()),
    },
    faults,
    maxMessageSize,
    now,
  };

  const peers = new Set<Peer>();
  const protocols = createProtocols(options.tls, (stream) => {
    const peer = serveConnection(stream, broker);
    peers.add(peer);
    stream.once("close", () => peers.delete(peer));
  });
  const accept = (socket: Socket) => {
    const fault = faults.take("connect", {});
    if (fault === undefined) return protocols(socket);
    socket.on("error", () => socket.destroy());
    if (fault.do === "drop") socket.destroy();
    else socket.resume();
  };
  const listener = await listen(host, options.port ?? 0, accept);
  const second =
    options.webSocketPort === undefined
      ? undefined
      : await listen(host, options.webSocketPort, accept).catch(async (error: unknown) => {
          await listener.close();
          throw error;
        });

  const stopWatching = watchIdle(peers, { ...defaultIdleLimits, ...options.idle }, now);
  const all = (act: (peer: Peer) => void) => {
    const { size } = peers;
    for (const peer of peers) act(peer);
    return size;
  };
  const detachLinks = (
    error: ServiceError = { condition: "amqp:link:detach-forced" },
    filter: LinkFilter = {},
  ) => {
    let count = 0;
    for (const peer of peers)
      for (const [link, { hub, role }] of peer.links) {
        if (filter.hub !== undefined && filter.hub.toLowerCase() !== hub.toLowerCase()) continue;
        if (filter.role !== undefined && filter.role !== role) continue;
        peer.detach(link, completed(error));
        count++;
      }
    return count;
  };
  const forced: ServiceError = { condition: "amqp:connection:forced" };
  const close = async () => {
    stopWatching();
    await sayGoodbye(peers, completed(forced));
    await Promise.all([listener.close(), second?.close()]);
  };
  const hub = (name: string) => {
    const found = findHub(name);
    if (found) return found;
    throw new RangeError(
      `There is no hub "${name}". There are: ${[...hubs.values()].map((h) => h.name).join(", ")}.`,
    );
  };
  const { port } = listener;

  return {
    host,
    port,
    webSocketPort: second?.port,
    connectionString: connectionString(host, port, keys, {}),
    connectionStringFor: (wanted) => connectionString(host, port, keys, wanted),
    get hubs() {
      return [...hubs.values()];
    },
    hub,
    addHub,
    removeHub(name) {
      const removed = hub(name).name;
      hubs.delete(removed.toLowerCase());
      detachLinks(entityNotFound(`sb://${host}/${removed}`), { hub: removed });
    },
    setKey(name, patch) {
      keys.set(name, patch);
      all((peer) => peer.reauthorize());
    },
    removeKey(name) {
      if (!keys.remove(name)) throw new RangeError(`There is no key "${name}".`);
      all((peer) => peer.reauthorize());
    },
    faults,
    get connections() {
      return peers.size;
    },
    detachLinks,
    closeConnections: (error = forced) => all((peer) => peer.close(completed(error))),
    dropConnections: () => all((peer) => peer.drop()),
    close,
    [Symbol.asyncDispose]: close,
  };
}
