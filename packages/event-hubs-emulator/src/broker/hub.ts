import { surface } from "../surface.ts";
import type { Batch } from "./batch.ts";
import { createPartition } from "./partition.ts";
import type { Partition } from "./partition.ts";
import { partitionOf } from "./partition-key.ts";
import { createReaders } from "./readers.ts";
import type { Readers } from "./readers.ts";
import { receivedEvent } from "./received-event.ts";
import type { ReceivedEvent } from "./received-event.ts";
import type { Retention } from "./retention.ts";

/** How to make a hub. */
export interface HubOptions {
  /** 1 to 1024. Default 4. */
  readonly partitions?: number;
  /** Beside `$Default`. */
  readonly consumerGroups?: readonly string[];
}

/** An event hub of the emulator. */
export interface Hub {
  readonly name: string;
  readonly partitionIds: readonly string[];
  /** How many events it ever took. */
  readonly received: number;
  /** The events that are kept, of one partition or of all, each partition's oldest first. */
  events(partition?: string): readonly ReceivedEvent[];
  /** Resolves once the hub has ever taken that many events; rejects with the signal's reason. */
  waitFor(received: number, signal?: AbortSignal): Promise<void>;
}

/** What a broker needs of a hub beyond what it shows. */
export interface BrokerHub extends Hub {
  readonly createdAt: number;
  readonly partitions: readonly Partition[];
  hasConsumerGroup(name: string): boolean;
  partition(id: string): Partition | undefined;
  /** The partition of a key, or the next one in turn. */
  choose(partitionKey: string | undefined): Partition;
  append(batch: Batch, partition: Partition): void;
  readonly readers: Readers;
}

/** What all hubs of an emulator share. */
export interface HubEnvironment {
  readonly retention: Retention;
  readonly now: () => number;
  readonly onEvent: ((event: ReceivedEvent) => void) | undefined;
}

/** An empty hub; throws a RangeError on a name or number of partitions that Azure would not take. */
export function createHub(name: string, options: HubOptions, environment: HubEnvironment): BrokerHub {
  const count = options.partitions ?? 4;
  if (!/^[a-z0-9][a-z0-9._-]{0,254}[a-z0-9]$|^[a-z0-9]$/i.test(name))
    throw new RangeError(
      `"${name}" is no name of an event hub: letters, digits, ".", "-" and "_", with a letter or digit at both ends.`,
    );
  if (!Number.isInteger(count) || count < 1 || count > 1024)
    throw new RangeError(`Hub "${name}" needs 1 to 1024 partitions, not ${count}.`);

  const { retention, now, onEvent } = environment;
  const partitions = Array.from({ length: count }, (_, index) =>
    createPartition(String(index), retention, now),
  );
  const byId = new Map(partitions.map((partition) => [partition.id, partition]));
  const groups = new Set(["$Default", ...(options.consumerGroups ?? [])].map((group) => group.toLowerCase()));
  const waiting = new Set<() => void>();
  let turn = 0;
  let received = 0;

  const self: BrokerHub = {
    name,
    partitionIds: partitions.map(({ id }) => id),
    createdAt: now(),
    partitions,
    get received() {
      return received;
    },
    hasConsumerGroup: (group) => groups.has(group.toLowerCase()),
    partition: (id) => byId.get(id),
    readers: createReaders(),
    choose(key) {
      const index = key === undefined ? turn++ % count : partitionOf(key, count);
      return partitions[index] as Partition;
    },
    append(batch, partition) {
      const stored = partition.append(batch);
      received += stored.length;
      if (onEvent)
        for (const event of stored) surface(() => onEvent(receivedEvent(name, partition.id, event)));
      for (const check of waiting) check();
    },
    events(id) {
      const chosen = id === undefined ? partitions : [byId.get(id) ?? unknownPartition(name, id)];
      return chosen.flatMap((partition) =>
        partition.events().map((event) => receivedEvent(name, partition.id, event)),
      );
    },
    waitFor(wanted, signal) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const check = () => void (received >= wanted && resolve());
      const abort = () => reject(signal?.reason);
      if (signal?.aborted) abort();
      signal?.addEventListener("abort", abort, { once: true });
      waiting.add(check);
      check();
      return promise.finally(() => {
        waiting.delete(check);
        signal?.removeEventListener("abort", abort);
      });
    },
  };
  return self;
}

function unknownPartition(hub: string, id: string): never {
  throw new RangeError(`Hub "${hub}" has no partition "${id}".`);
}
