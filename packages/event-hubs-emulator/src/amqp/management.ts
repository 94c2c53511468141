import type { Message } from "rhea";

import { pathSegments } from "../access/resource.ts";
import type { BrokerHub } from "../broker/hub.ts";
import type { Partition } from "../broker/partition.ts";
import type { Broker } from "./broker.ts";
import type { Peer } from "./peer.ts";
import type { Answer } from "./request-link.ts";
import { amqpTypes } from "./rhea.ts";
import { entityNotFound, missingClaim, tracked } from "./service-error.ts";
import type { ServiceError } from "./service-error.ts";

const STRING = 0xa1;

/** Answers a READ request to `$management`: the properties of a hub or of one of its partitions. */
export function readProperties(request: Message, peer: Peer, broker: Broker): Answer {
  const { operation, type, name, partition: id } = request.application_properties ?? {};
  if (operation !== "READ" || typeof name !== "string")
    return refuse(400, {
      condition: "amqp:not-allowed",
      description: tracked("The operation is READ of a name."),
    });
  const path = [...pathSegments(name), "$management"];
  const resource = peer.resource(path.join("/"));
  if (!peer.claims.allow(path)) return refuse(401, missingClaim("Listen", resource));
  const hub = broker.findHub(name);
  if (hub === undefined) return refuse(404, entityNotFound(peer.resource(name.toLowerCase())));
  if (type === "com.microsoft:eventhub") return { status: 200, description: "OK", body: hubProperties(hub) };
  const partition = type === "com.microsoft:partition" ? hub.partition(String(id)) : undefined;
  if (partition === undefined)
    return refuse(400, {
      condition: "com.microsoft:argument-out-of-range",
      description: tracked(
        `There is no ${String(type)} "${String(id)}" in the messaging entity '${hub.name}'.`,
      ),
    });
  return { status: 200, description: "OK", body: partitionProperties(hub, partition) };
}

function hubProperties({ name, createdAt, partitionIds }: BrokerHub): object {
  return {
    name,
    type: "com.microsoft:eventhub",
    created_at: amqpTypes.wrap_timestamp(createdAt),
    partition_count: amqpTypes.wrap_int(partitionIds.length),
    partition_ids: amqpTypes.wrap_array(partitionIds, STRING),
    georeplication_factor: amqpTypes.wrap_int(1),
  };
}

function partitionProperties({ name }: BrokerHub, { id, first, next, last }: Partition): object {
  return {
    name,
    type: "com.microsoft:partition",
    partition: id,
    begin_sequence_number: amqpTypes.wrap_long(first),
    last_enqueued_sequence_number: amqpTypes.wrap_long(next - 1),
    last_enqueued_offset: last === undefined ? "-1" : String(last.offset),
    last_enqueued_time_utc: amqpTypes.wrap_timestamp(last?.enqueuedAt ?? 0),
    is_partition_empty: last === undefined,
  };
}

function refuse(status: number, { condition, description }: ServiceError): Answer {
  return { status, condition, description: description ?? condition };
}
