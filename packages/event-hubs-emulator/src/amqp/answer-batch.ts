import type { Delivery } from "rhea";

import type { Batch } from "../broker/batch.ts";
import type { BrokerHub } from "../broker/hub.ts";
import type { Partition } from "../broker/partition.ts";
import type { SendFault } from "../faults/fault.ts";
import type { Broker } from "./broker.ts";
import type { Peer } from "./peer.ts";
import { completed } from "./service-error.ts";
import { settleApart } from "./settle.ts";

/** Where a batch is going. */
export interface Destination {
  readonly hub: BrokerHub;
  readonly partition: Partition;
  readonly peer: Peer;
  readonly broker: Broker;
}

/** Stores a batch and accepts it, or does what the fault that strikes here says. */
export function answerBatch(
  delivery: Delivery,
  batch: Batch,
  { hub, partition, peer, broker }: Destination,
): void {
  const fault = broker.faults.take("send", { hub: hub.name, partition: partition.id });
  if (fault === undefined || (fault.stored ?? isStored(fault))) hub.append(batch, partition);
  if (fault === undefined) return delivery.accept();
  switch (fault.do) {
    case "reject":
      return settleApart(delivery, () => delivery.reject(completed(fault)));
    case "release":
      return settleApart(delivery, () => delivery.release());
    case "modify":
      return settleApart(delivery, () => delivery.modified({ delivery_failed: true }));
    case "delay":
      return peer.later(fault.ms, () => delivery.accept());
    case "detach":
      return peer.detach(delivery.link, completed(fault));
    case "close":
      return peer.close(completed(fault));
    case "drop":
      return peer.drop();
    case "hang":
      return undefined;
  }
}

function isStored({ do: kind }: SendFault): boolean {
  return kind !== "reject" && kind !== "release" && kind !== "modify";
}
