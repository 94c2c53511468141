import { type DeliveryError, type Sink, type SinkContext, defineSink } from "@forewarn/sdk";
import { type Credential, azureIdentity, managedIdentity } from "./credential.ts";
import { type Destination, destinationOf } from "./destination.ts";
import { abortedFailure, failureOf } from "./failure.ts";
import { type HeldLink, createKeeper } from "./keeper.ts";
import type { Link } from "./link.ts";
import { type EventHubsOptions, options } from "./options.ts";
import { ship } from "./shipment.ts";

/** An answer that takes longer than this, and then does not come, is a reason to connect anew. */
const suspiciousMs = 1000;

/** Streams events to an Event Hub over AMQP, as CloudEvents; the vendor's library is loaded when a sink is opened. */
export const eventHubs = defineSink({
  type: "event-hubs",
  summary: "Streams events to Azure Event Hubs as CloudEvents, in order, over a link that is kept open.",
  options,
  batch: { maxEvents: 500, maxBytes: "900kB" },
  // All events of a VM share one partition key, and two deliveries at once could swap their order.
  concurrency: ({ partitionBy }) => (partitionBy === "vm" ? 1 : 4),
  check(options) {
    destinationOf(options);
  },
  async open(options, context): Promise<Sink> {
    const destination = destinationOf(options);
    warn(options, destination, context);
    const keeper = createKeeper({
      open: await linkOpener(options, destination, context),
      clock: context.clock,
      log: context.log,
    });

    async function use(signal: AbortSignal): Promise<HeldLink> {
      const held = await keeper.use(signal);
      if (held === undefined) throw abortedFailure(destination, "opening");
      return held;
    }

    return {
      async deliver(batch, { signal }) {
        const { link, release } = await use(signal);
        try {
          await ship(batch, options, {
            batch: (key) => link.batch(key).catch(fail),
            async send(batch) {
              const began = context.clock.monotonic();
              await link.send(batch, signal).catch((error: unknown) => fail(error, began));
            },
          });
        } finally {
          release();
        }

        function fail(error: unknown, began = Number.POSITIVE_INFINITY): never {
          if (signal.aborted && !link.lost.aborted) {
            if (context.clock.monotonic() - began >= suspiciousMs) keeper.retire(link);
            throw abortedFailure(destination, "sending");
          }
          const failure = failureOf(link.lost.aborted ? link.lost.reason : error, destination, "sending");
          if (!isOfTheBatch(failure)) keeper.retire(link);
          throw failure;
        }
      },
      async probe(signal) {
        const { release } = await use(signal);
        release();
      },
      close: () => keeper.close(),
    };
  },
});

/** Whether an answer speaks of the events or of the load, so that the link is as good as before. */
function isOfTheBatch({ code, status }: DeliveryError): boolean {
  return code === "FOREWARN_REJECT" || status === "ServerBusyError" || status === "SendOperationFailedError";
}

/** Prepares everything that opening links needs, so that what is missing shows at once. */
async function linkOpener(
  { transport }: EventHubsOptions,
  destination: Destination,
  { clock, azureToken, proxyFor }: SinkContext<EventHubsOptions>,
): Promise<(signal: AbortSignal) => Promise<Link>> {
  const [{ openLink }, credential, sockets] = await Promise.all([
    import("./link.ts"),
    credentialOf(destination, azureToken),
    transport === "websockets" ? import("./web-socket.ts") : undefined,
  ]);
  return async (signal) => {
    const webSockets = sockets?.createWebSockets(proxyFor(`https://${destination.host}/`));
    try {
      return await openLink({ destination, credential, webSockets, clock }, signal);
    } catch (error) {
      throw failureOf(error, destination, "opening");
    }
  };
}

async function credentialOf(
  { access }: Destination,
  azureToken: SinkContext["azureToken"],
): Promise<Credential | undefined> {
  if (access.kind === "connection-string") return undefined;
  return access.kind === "azure-identity"
    ? azureIdentity(access.clientId)
    : managedIdentity(azureToken, access.clientId);
}

/** Says what works, but perhaps not as wished. */
function warn(
  { transport }: EventHubsOptions,
  { host, access }: Destination,
  { log, proxyFor }: SinkContext<EventHubsOptions>,
): void {
  if (transport === "amqp" && proxyFor(`https://${host}/`) !== undefined) {
    log.warn("AMQP over TCP goes past the proxy that is configured; transport: websockets goes through it");
  }
  const isLocal = /^(?:localhost|127\.\d+\.\d+\.\d+)(?::\d+)?$/.test(host);
  if (access.kind === "connection-string" && access.isEmulator && !isLocal) {
    log.warn("UseDevelopmentEmulator=true: events and token travel unencrypted to another machine", { host });
  }
}
