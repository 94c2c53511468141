import type { Sender } from "rhea";

import { pathSegments } from "../access/resource.ts";
import { deliveredMessage } from "../broker/delivered-message.ts";
import { parsePosition } from "../broker/position.ts";
import type { Address } from "./address.ts";
import type { Broker } from "./broker.ts";
import type { Peer } from "./peer.ts";
import { createPump } from "./pump.ts";
import { completed, entityNotFound, missingClaim, tracked } from "./service-error.ts";
import type { ServiceError } from "./service-error.ts";

const METRICS = "com.microsoft:enable-receiver-runtime-metric";

/** Answers a link over which a client receives the events of one partition. */
export function openReadLink(
  link: Sender,
  address: Extract<Address, { kind: "reader" }>,
  peer: Peer,
  broker: Broker,
): void {
  const fault = broker.faults.take("attach", { ...address, role: "receiver" });
  const path = pathSegments(String(link.source.address));
  const resource = peer.resource(path.join("/"));
  if (fault?.do === "refuse") return link.close(completed(fault));
  if (!peer.claims.allow(path, "listen")) return link.close(missingClaim("Listen", resource));
  const hub = broker.findHub(address.hub);
  const partition = hub?.partition(address.partition);
  if (hub === undefined || partition === undefined || !hub.hasConsumerGroup(address.consumerGroup))
    return link.close(entityNotFound(resource));
  const selector = selectorOf(link);
  const position = parsePosition(selector);
  if (position === undefined) return link.close(badSelector(selector));

  const reader = { ...identityOf(link), disconnect: (error: ServiceError) => peer.detach(link, error) };
  const refusal = hub.readers.admit(address.consumerGroup, address.partition, reader);
  if (refusal !== undefined) return link.close(refusal);

  link.set_source({ ...echoed(link), address: String(link.source.address) });
  link.set_target({ address: String(link.target?.address ?? "") });
  const metrics = [link.desired_capabilities].flat().includes(METRICS);
  const pump = createPump(link, partition, position(partition), (event) =>
    deliveredMessage(event, metrics ? partition.last : undefined, broker.now()),
  );
  peer.addLink(link, {
    hub: hub.name,
    role: "receiver",
    path,
    right: "listen",
    end() {
      pump.stop();
      hub.readers.leave(address.consumerGroup, address.partition, reader);
    },
  });
  if (fault?.do === "no-credit") return;
  if (fault?.do === "delay") peer.later(fault.ms, pump.start);
  else pump.start();
}

function selectorOf(link: Sender): string | undefined {
  const filters: Readonly<Record<string, unknown>> = link.source.filter ?? {};
  const selector = filters["apache.org:selector-filter:string"];
  return selector === undefined || selector === null ? undefined : String(selector);
}

/** The filter goes back as it came, which tells the client that it is applied. */
function echoed({ source: { filter } }: Sender): { readonly filter?: object } {
  return filter === undefined || filter === null ? {} : { filter };
}

function identityOf(link: Sender): { readonly name: string; readonly epoch: number | undefined } {
  const properties: Readonly<Record<string, unknown>> = link.properties ?? {};
  const name = properties["com.microsoft:receiver-name"];
  const epoch = properties["com.microsoft:epoch"];
  return {
    name: typeof name === "string" && name !== "" ? name : "nil",
    epoch: typeof epoch === "number" ? epoch : undefined,
  };
}

function badSelector(selector: string | undefined): ServiceError {
  const text = `The selector "${selector}" is not one of x-opt-offset, x-opt-sequence-number or x-opt-enqueued-time, ">" or ">=", and a number in quotes.`;
  return { condition: "com.microsoft:argument-error", description: tracked(text) };
}
