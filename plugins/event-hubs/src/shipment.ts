import { setImmediate } from "node:timers/promises";
import type { EventData, EventDataBatch } from "@azure/event-hubs";
import {
  type Batch,
  type CloudEvent,
  type DeliveryError,
  PartialDeliveryError,
  RejectError,
} from "@forewarn/sdk";
import type { Link } from "./link.ts";
import { type Message, eventDataOf, partitionKeyOf } from "./message.ts";
import type { EventHubsOptions } from "./options.ts";

/** How batches of the SDK are made and sent. */
export interface Carrier extends Pick<Link, "batch"> {
  /** Sends one; rejects with an error that the agent understands. */
  send(batch: EventDataBatch): Promise<void>;
}

/** What became of the events of one batch of the agent's, by their indexes; those not named failed, or were not sent. */
interface Tally {
  readonly delivered: number[];
  readonly rejected: { readonly index: number; readonly reason: string }[];
}

/** The messages of one partition key, in order. */
interface Group {
  readonly key: string;
  readonly messages: Message[];
}

/** How many partition keys travel at once. */
const lanes = 16;
/** A batch is sent when it holds so many events, and the next one is made while Event Hubs takes it. */
const mostEvents = 125;

/**
 * Sends the events of a batch: each partition key in batches of its own, one after the other, so that its order holds.
 * Throws where not all were delivered, and says which, so that none is sent again for nothing.
 */
export async function ship(batch: Batch, options: EventHubsOptions, carrier: Carrier): Promise<void> {
  const tally: Tally = { delivered: [], rejected: [] };
  const groups = groupsOf(batch, options.partitionBy, tally);
  const failures: DeliveryError[] = [];

  async function lane(): Promise<void> {
    for (let next = groups.shift(); next !== undefined && failures.length === 0; next = groups.shift()) {
      await shipGroup(next, options.mode, carrier, tally).catch((error: DeliveryError) =>
        failures.push(error),
      );
    }
  }

  await Promise.all(Array.from({ length: Math.min(lanes, groups.length) }, lane));
  settle(tally, failures[0], batch.encoded.length);
}

function groupsOf(
  { encoded }: Batch,
  partitionBy: EventHubsOptions["partitionBy"],
  { rejected }: Tally,
): Group[] {
  const groups = new Map<string, Group>();
  for (const [index, text] of encoded.entries()) {
    try {
      const event = JSON.parse(text) as CloudEvent;
      if (typeof event.id !== "string") throw new TypeError("it has no id");
      const key = partitionKeyOf(event, partitionBy);
      const group = groups.get(key);
      if (group === undefined) groups.set(key, { key, messages: [{ index, event, text }] });
      else group.messages.push({ index, event, text });
    } catch {
      // The message of V8 quotes the text, which may hold what no log should.
      rejected.push({ index, reason: "it is not the JSON text of a CloudEvent" });
    }
  }
  return [...groups.values()];
}

async function shipGroup(
  { key, messages }: Group,
  mode: EventHubsOptions["mode"],
  carrier: Carrier,
  tally: Tally,
): Promise<void> {
  let batch: EventDataBatch | undefined;
  let held: number[] = [];
  let sent: Promise<void> = Promise.resolve();

  /** Sends what is held when the batch before it has arrived, and does not wait for the answer. */
  async function dispatch(full: EventDataBatch): Promise<void> {
    const indexes = held;
    held = [];
    batch = undefined;
    await sent;
    sent = carrier.send(full).then(() => void tally.delivered.push(...indexes));
    sent.catch(() => undefined);
    // The socket is written to before the next batch is made.
    await setImmediate();
  }

  async function add(message: Message): Promise<void> {
    const data = encoded(message);
    if (data === undefined) return;
    batch ??= await carrier.batch(key);
    let fits = batch.tryAdd(data);
    if (!fits && held.length > 0) {
      await dispatch(batch);
      batch = await carrier.batch(key);
      fits = batch.tryAdd(data);
    }
    if (fits) held.push(message.index);
    else tally.rejected.push({ index: message.index, reason: tooLarge(data.body as Uint8Array, batch) });
    if (held.length >= mostEvents) await dispatch(batch);
  }

  function encoded(message: Message): EventData | undefined {
    try {
      return eventDataOf(message, mode);
    } catch (error) {
      tally.rejected.push({ index: message.index, reason: (error as Error).message });
      return undefined;
    }
  }

  async function fill(): Promise<void> {
    for (const message of messages) await add(message);
    if (batch !== undefined && held.length > 0) await dispatch(batch);
  }

  const [filled] = await Promise.allSettled([fill()]);
  await sent;
  if (filled.status === "rejected") throw filled.reason;
}

function tooLarge({ length }: Uint8Array, { maxSizeInBytes }: EventDataBatch): string {
  return `it is too large: ${length} bytes of data, with its attributes more than the ${maxSizeInBytes} bytes that a link to this Event Hub takes`;
}

function settle({ delivered, rejected }: Tally, failure: DeliveryError | undefined, count: number): void {
  if (delivered.length === count) return;
  const [first] = rejected;
  if (delivered.length === 0 && failure !== undefined && first === undefined) throw failure;
  if (count === 1 && first !== undefined) throw new RejectError(first.reason);
  const message =
    failure?.message ?? `${rejected.length} of ${count} events were rejected: ${first?.reason ?? ""}`;
  throw new PartialDeliveryError(message, {
    delivered,
    rejected,
    ...(failure?.status === undefined ? {} : { status: failure.status }),
    ...(failure?.excerpt === undefined ? {} : { excerpt: failure.excerpt }),
  });
}
