import rhea from "rhea";
import type { Delivery, Receiver } from "rhea";

import { pathSegments } from "../access/resource.ts";
import { BATCH_FORMAT, openBatch, singleMessage } from "../broker/batch.ts";
import type { Batch } from "../broker/batch.ts";
import type { BrokerHub } from "../broker/hub.ts";
import type { Partition } from "../broker/partition.ts";
import { isDecodeError } from "../broker/sections.ts";
import type { Address } from "./address.ts";
import { answerBatch } from "./answer-batch.ts";
import type { Broker } from "./broker.ts";
import type { Peer } from "./peer.ts";
import { completed, entityNotFound, messageTooLarge, missingClaim, tracked } from "./service-error.ts";
import type { ServiceError } from "./service-error.ts";
import { settleApart } from "./settle.ts";

/** Azure gives a sender 300 credits and tops them up. */
const CREDIT = 300;

const IDEMPOTENT = "com.microsoft:idempotent-producer";

/** Answers a link over which a client sends to a hub or one of its partitions. */
export function openPublishLink(
  link: Receiver,
  address: Extract<Address, { kind: "hub" }>,
  peer: Peer,
  broker: Broker,
): void {
  const fault = broker.faults.take("attach", { ...address, role: "sender" });
  const path = pathSegments(String(link.target.address));
  const resource = peer.resource(path.join("/"));
  if (fault?.do === "refuse") return link.close(completed(fault));
  if (!peer.claims.allow(path, "send")) return link.close(missingClaim("Send", resource));
  const hub = broker.findHub(address.hub);
  if (hub === undefined) return link.close(entityNotFound(resource));
  const partition = address.partition === undefined ? undefined : hub.partition(address.partition);
  if (address.partition !== undefined && partition === undefined) return link.close(noPartition(hub));
  if ([link.desired_capabilities].flat().includes(IDEMPOTENT)) return link.close(notIdempotent());

  link.set_source({ address: link.source?.address ?? "" });
  link.set_target({ address: String(link.target.address) });
  const usedAt = takeBatches(link, hub, partition, peer, broker);
  peer.addLink(link, { hub: hub.name, role: "sender", path, right: "send", usedAt });
  if (fault?.do === "no-credit") return;
  if (fault?.do === "delay") peer.later(fault.ms, () => link.add_credit(CREDIT));
  else link.add_credit(CREDIT);
}

interface Transfer {
  readonly message: unknown;
  readonly delivery: Delivery;
}

/** Returns a function that tells when the last batch came, or else when the link was opened. */
function takeBatches(
  link: Receiver,
  hub: BrokerHub,
  fixed: Partition | undefined,
  peer: Peer,
  broker: Broker,
): () => number {
  let usedAt = broker.now();
  let used = 0;
  link.on("message", (context: unknown) => {
    const { message, delivery } = context as Transfer;
    if (!peer.links.has(link)) return;
    usedAt = broker.now();
    if (++used >= CREDIT / 2) {
      link.add_credit(used);
      used = 0;
    }
    // rhea decodes messages of format 0 by itself and hands out all others as they came.
    const raw = Buffer.isBuffer(message) ? message : rhea.message.encode(message);
    const batch =
      raw.length > broker.maxMessageSize
        ? messageTooLarge(delivery.id, raw.length, broker.maxMessageSize)
        : open(raw, delivery.format);
    if ("condition" in batch) return settleApart(delivery, () => delivery.reject(wire(batch)));
    answerBatch(delivery, batch, { hub, partition: fixed ?? hub.choose(batch.partitionKey), peer, broker });
  });
  return () => usedAt;
}

/** rhea's typings ask for more than an error on the wire needs. */
function wire({ condition, description }: ServiceError): { condition: string; description: string } {
  return { condition, description: description ?? "" };
}

function open(raw: Buffer, format: number): Batch | ServiceError {
  try {
    return format === BATCH_FORMAT ? openBatch(raw) : singleMessage(raw);
  } catch (error) {
    if (!isDecodeError(error)) throw error;
    return { condition: "amqp:decode-error", description: tracked(error.message) };
  }
}

function noPartition({ partitionIds }: BrokerHub): ServiceError {
  const text = `The specified partition is invalid for an EventHub partition sender or receiver. It should be between 0 and ${partitionIds.length - 1}.`;
  return { condition: "com.microsoft:argument-out-of-range", description: tracked(text) };
}

function notIdempotent(): ServiceError {
  return { condition: "amqp:not-implemented", description: "The emulator has no idempotent publishing." };
}
