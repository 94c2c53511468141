import { expect, test } from "vitest";

import type { Batch } from "./batch.ts";
import { createPartition } from "./partition.ts";
import { parsePosition } from "./position.ts";

/** A batch of events of these sizes. */
function batch(sizes: readonly number[], partitionKey?: string): Batch {
  const ends = sizes.map((_, index) => sizes.slice(0, index + 1).reduce((sum, size) => sum + size, 0));
  const bounds = ends.flatMap((end, index) => [end - (sizes[index] ?? 0), end]);
  return { bytes: Buffer.alloc(ends.at(-1) ?? 0), bounds, partitionKey };
}

test("keeps so many events, and so many bytes, but always the newest one", () => {
  const partition = createPartition("0", { events: 3, bytes: 100 }, () => 0);
  partition.append(batch([10, 10, 10, 10]));
  expect([partition.first, partition.next]).toEqual([1, 4]);
  partition.append(batch([75]));
  expect(partition.events().map(({ sequenceNumber, offset }) => [sequenceNumber, offset])).toEqual([
    [2, 20],
    [3, 30],
    [4, 40],
  ]);
  partition.append(batch([500]));
  expect([partition.first, partition.next, partition.last?.offset]).toEqual([5, 6, 115]);
});

test("finds events over a long life, and lets go of the old ones' memory", () => {
  const partition = createPartition("0", { events: 100, bytes: 1e9 }, () => 0);
  for (let number = 0; number < 5000; number++) partition.append(batch([1], String(number)));
  expect(partition.first).toBe(4900);
  expect(partition.events()).toHaveLength(100);
  expect(partition.at(4899)).toBeUndefined();
  expect(partition.at(4900)?.partitionKey).toBe("4900");
  expect(partition.at(4999)?.partitionKey).toBe("4999");
  expect(partition.at(5000)).toBeUndefined();
  expect(partition.search((event) => event.offset >= 4950)).toBe(4950);
});

test("tells of each append until it is told not to", () => {
  const partition = createPartition("0", { events: 10, bytes: 1e9 }, () => 0);
  let calls = 0;
  const stop = partition.onAppend(() => calls++);
  partition.append(batch([1, 1]));
  stop();
  partition.append(batch([1]));
  expect(calls).toBe(1);
});

test.each([
  [undefined, 2],
  ["amqp.annotation.x-opt-offset > '-1'", 2],
  ["amqp.annotation.x-opt-offset > '@latest'", 6],
  ["amqp.annotation.x-opt-offset > '30'", 4],
  ["amqp.annotation.x-opt-offset >= '30'", 3],
  ["amqp.annotation.x-opt-offset > '35'", 4],
  ["amqp.annotation.x-opt-sequence-number > '4'", 5],
  ["amqp.annotation.x-opt-sequence-number >= '4'", 4],
  ["amqp.annotation.x-opt-sequence-number > 99", 6],
  ["amqp.annotation.x-opt-enqueued-time > '1003'", 4],
  ["amqp.annotation.x-opt-enqueued-time >= '1003'", 3],
])("with the selector %s reading starts at %i", (selector, sequenceNumber) => {
  let now = 1000;
  const partition = createPartition("0", { events: 4, bytes: 1e9 }, () => now++);
  for (let number = 0; number < 6; number++) partition.append(batch([10]));
  expect(parsePosition(selector)?.(partition)).toBe(sequenceNumber);
});

test.each(["", "x", "amqp.annotation.x-opt-offset > ''", "amqp.annotation.x-opt-offset < '1'", "a = 'b'"])(
  "the selector %j is none",
  (selector) => {
    expect(parsePosition(selector)).toBeUndefined();
  },
);
