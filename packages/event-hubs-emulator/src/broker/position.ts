import type { Partition } from "./partition.ts";

/** Gives the sequence number at which reading starts. */
export type Position = (partition: Partition) => number;

const FILTER = /^amqp\.annotation\.x-opt-(offset|sequence-number|enqueued-time)\s*(>=?)\s*'?([^']*)'?$/;

/** Reads the selector of an Event Hubs receiver; undefined if it is none. Without one, reading starts at the oldest event. */
export function parsePosition(selector: string | undefined): Position | undefined {
  if (selector === undefined) return ({ first }) => first;
  const [, field, operator, text = ""] = FILTER.exec(selector.trim()) ?? [];
  if (field === "offset" && text === "@latest") return ({ next }) => next;
  const bound = Number(text);
  if (field === undefined || text.trim() === "" || !Number.isFinite(bound)) return undefined;
  const isAfter = operator === ">=" ? (value: number) => value >= bound : (value: number) => value > bound;
  switch (field) {
    case "offset":
      return (partition) => partition.search((event) => isAfter(event.offset));
    case "sequence-number":
      return (partition) => partition.search((event) => isAfter(event.sequenceNumber));
    default:
      return (partition) => partition.search((event) => isAfter(event.enqueuedAt));
  }
}
