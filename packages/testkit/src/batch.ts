import { hash } from "node:crypto";
import {
  type AnySinkDefinition,
  type Batch,
  type BatchLimits,
  type ForewarnEvent,
  parseSize,
} from "@forewarn/sdk";

/** What a definition says of its deliveries for given options, defaults filled in as the agent does. */
export interface DeliverySettings {
  readonly maxEvents: number;
  readonly maxBytes: number;
  readonly concurrency: number;
}

/** Evaluates `batch` and `concurrency` of a definition; throws a `RangeError` for a size without a unit. */
export function deliverySettings(definition: AnySinkDefinition, options: unknown): DeliverySettings {
  const limits = valueFor<BatchLimits>(definition.batch, options) ?? {};
  return {
    maxEvents: limits.maxEvents ?? 100,
    maxBytes: parseSize(limits.maxBytes ?? "256kB"),
    concurrency: valueFor<number>(definition.concurrency, options) ?? 1,
  };
}

/** A setting that may be a function of the options. */
export function valueFor<T>(value: T | ((options: never) => T) | undefined, options: unknown): T | undefined {
  return typeof value === "function" ? (value as (options: unknown) => T)(options) : value;
}

/** A batch as the agent hands it out: frozen, its events parsed when first read, and frozen as well. */
export function batchOf(sink: string, events: readonly ForewarnEvent[], attempt = 1): Batch {
  const encoded = Object.freeze(events.map((event) => JSON.stringify(event)));
  const ids = events.map(({ id }) => id);
  let parsed: Batch["events"] | undefined;
  return Object.freeze({
    id: hash("sha256", [sink, ...ids].join("\n")).slice(0, 32),
    attempt,
    get events() {
      return (parsed ??= deepFreeze(encoded.map((text) => JSON.parse(text) as ForewarnEvent)));
    },
    encoded,
  });
}

/** Cuts events, in order, into what fits one batch; an event that is too large travels alone. */
export function cut(
  events: readonly ForewarnEvent[],
  { maxEvents, maxBytes }: DeliverySettings,
): readonly (readonly ForewarnEvent[])[] {
  const batches: ForewarnEvent[][] = [];
  let bytes = 0;
  for (const event of events) {
    const size = Buffer.byteLength(JSON.stringify(event));
    const last = batches.at(-1);
    if (last === undefined || last.length >= maxEvents || bytes + size > maxBytes) {
      batches.push([event]);
      bytes = size;
    } else {
      last.push(event);
      bytes += size;
    }
  }
  return batches;
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== "object" || value === null) return value;
  for (const inner of Object.values(value)) deepFreeze(inner);
  return Object.freeze(value);
}
