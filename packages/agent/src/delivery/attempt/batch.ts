import { hash } from "node:crypto";
import type { Batch } from "@forewarn/sdk";
import type { Envelope } from "../../outbox/envelope.ts";

/** What a batch may say of its events. */
export interface Circumstances {
  /** A deadline of theirs has passed. */
  readonly late?: boolean;
  /** A person wants them to come again. */
  readonly replayed?: boolean;
}

/** The batch that a sink gets: frozen; its id is made and its events are parsed when first read. */
export function batchOf(
  sink: string,
  envelopes: readonly Envelope[],
  attempt: number,
  { late = false, replayed = false }: Circumstances = {},
): Batch {
  let id: string | undefined;
  let events: Batch["events"] | undefined;
  return Object.freeze({
    get id() {
      return (id ??= batchId(sink, envelopes));
    },
    attempt,
    get events() {
      events ??= Object.freeze(envelopes.map((envelope) => envelope.event));
      return events;
    },
    encoded: Object.freeze(envelopes.map((envelope) => envelope.json)),
    ...(late ? { late: true as const } : {}),
    ...(replayed ? { replayed: true as const } : {}),
    ...(envelopes.every(({ durable }) => durable) ? {} : { durable: false as const }),
  });
}

/** 32 hex digits of the sink's name and the events' ids: the same for each attempt, also after a restart. */
function batchId(sink: string, envelopes: readonly Envelope[]): string {
  return hash("sha256", [sink, ...envelopes.map(({ id }) => id)].join("\n")).slice(0, 32);
}
