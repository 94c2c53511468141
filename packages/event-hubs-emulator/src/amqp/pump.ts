import type { Sender } from "rhea";

import type { Partition } from "../broker/partition.ts";
import type { StoredEvent } from "../broker/stored-event.ts";
import { flowOf } from "./rhea.ts";

/** Moves events of a partition to a link as far as the client's credit goes. */
export interface Pump {
  start(): void;
  stop(): void;
}

/** A pump that will begin at a sequence number, or at the oldest event that is still kept. */
export function createPump(
  link: Sender,
  partition: Partition,
  from: number,
  encode: (event: StoredEvent) => Buffer,
): Pump {
  let cursor = from;
  /** Events handed to rhea, counted like its own count of deliveries. */
  let handed = 0;
  let scheduled = false;
  let stopped = false;
  let stopListening = () => {};

  const run = () => {
    scheduled = false;
    if (stopped) return;
    const { credit, deliveryCount, available } = flowOf(link);
    // Draining forgoes credit, which rhea counts as deliveries.
    handed = Math.max(handed, deliveryCount);
    let room = Math.min(credit - (handed - deliveryCount), available);
    cursor = Math.max(cursor, partition.first);
    for (let event = partition.at(cursor); room > 0 && event !== undefined; event = partition.at(cursor)) {
      link.send(encode(event), undefined, 0);
      cursor++;
      handed++;
      room--;
    }
    link.set_drained(partition.next <= cursor);
  };
  const schedule = () => {
    if (scheduled || stopped) return;
    scheduled = true;
    // After rhea's own turn, so that its credit counts what it was handed before.
    setImmediate(run);
  };

  return {
    start() {
      if (stopped) return;
      for (const event of ["sender_flow", "sendable", "settled"]) link.on(event, schedule);
      stopListening = partition.onAppend(schedule);
      schedule();
    },
    stop() {
      stopped = true;
      stopListening();
    },
  };
}
