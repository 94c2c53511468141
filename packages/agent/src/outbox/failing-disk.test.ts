import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createVirtualClock } from "../time/virtual-clock.ts";
import { settlements } from "./fixtures/contents.ts";
import { draft, drafts, now, observer, padding } from "./fixtures/draft.ts";
import { temporaryPlace } from "./fixtures/place.ts";
import { failingDisk, smallDisk, whyNoDisk } from "./fixtures/small-disk.ts";

const why = whyNoDisk();
if (why !== null) process.stderr.write(`SKIPPED: a full and a read-only disk cannot be tried here: ${why}\n`);

function onSmallDisk() {
  const disk = smallDisk();
  const place = temporaryPlace(createVirtualClock({ now }));
  const open = () => place.open({ directory: join(disk.path, "state"), onError: () => {} });
  return { disk, open };
}

const ids = (envelopes: readonly { readonly id: string }[]) =>
  envelopes.map(({ id }) => id.replace(":scheduled", ""));

describe.skipIf(why !== null)("a disk that is full", () => {
  test("has events go on in memory, in order, marked as not durable, and told once", () => {
    const { disk, open } = onSmallDisk();
    const outbox = open();
    outbox.append(drafts(3), observer, {});
    disk.fill();
    const stored = drafts(50, { id: "m", data: padding(2000) }).map((each) =>
      outbox.append([each], observer, {}),
    );
    expect(outbox.degraded()).toBe(true);
    expect(outbox.troubles()).toMatchObject([{ reason: "disk" }]);
    expect(outbox.troubles()).toEqual([]);
    const read = outbox.next("a", 0, 100);
    expect(read).toHaveLength(53);
    expect(read.map(({ seq }) => seq)).toEqual(read.map(({ seq }) => seq).toSorted((a, b) => a - b));
    expect(read.filter(({ durable }) => !durable)).toHaveLength(
      stored.filter(([one]) => !one?.durable).length,
    );
    expect(stored.at(-1)?.[0]).toMatchObject({ durable: false, intact: true, id: "m:50" });
  });

  test("gets all of it when it is well again, with what was settled meanwhile, and a restart finds it", () => {
    const { disk, open } = onSmallDisk();
    const outbox = open();
    outbox.subscribe("a", "start");
    outbox.append(drafts(2), observer, {});
    disk.fill();
    const events = Array.from({ length: 40 }, (_, n) => draft(`m${n}`, { data: padding(1500) }));
    const stored = events.flatMap((each) =>
      outbox.append([each], observer, { checkpoints: { poll: { told: each.id } } }),
    );
    expect(outbox.restore()).toBe(false);
    const [first] = stored;
    outbox.settle("a", [{ seq: first?.seq as number, at: now, attempts: 1 }], 0);
    expect(outbox.settling("a", first?.seq as number)).toBe(true);
    disk.clear();
    expect(outbox.restore()).toBe(true);
    expect(outbox.degraded()).toBe(false);
    const more = outbox.append([draft("after")], observer, {});
    expect(more[0]).toMatchObject({ durable: true, seq: (stored.at(-1)?.seq as number) + 1 });
    outbox.close();
    const again = open();
    expect(ids(again.next("b", 0, 100))).toEqual([
      "e0",
      "e1",
      ...events.map(({ subject }) => subject),
      "after",
    ]);
    expect(again.checkpoint("poll")).toEqual({ told: "m39:scheduled" });
    expect(ids(again.next("a", 0, 100))).not.toContain("m0");
  });

  test("and an id that the file knows is not used twice meanwhile", () => {
    const { disk, open } = onSmallDisk();
    const outbox = open();
    outbox.append([draft("x")], observer, {});
    disk.fill();
    const stored = Array.from({ length: 30 }, () =>
      outbox.append([draft("x", { data: padding(4000) })], observer, {}),
    );
    expect(stored.at(-1)?.[0]?.id).toBe("x:scheduled:31");
  });

  test("takes no more than 10,000 events into memory", () => {
    const { disk, open } = onSmallDisk();
    const outbox = open();
    disk.fill();
    const some = (n: number) => Array.from({ length: 990 }, (_, index) => draft(`m${n}-${index}`));
    for (let n = 0; n < 10; n++) outbox.append(some(n), observer, {});
    expect(() => outbox.append(some(10), observer, {})).toThrow(
      /memory holds as much as it may: 9900 events/,
    );
  });
});

describe.skipIf(why !== null)("at the end, what stands only in memory", () => {
  const some = () => Array.from({ length: 40 }, (_, n) => draft(`m${n}`, { data: padding(1500) }));

  test("is told where it cannot be written, and the next run does not have it", () => {
    const { disk, open } = onSmallDisk();
    const outbox = open();
    outbox.subscribe("a", "start");
    outbox.append(drafts(2), observer, {});
    disk.fill();
    const stored = some().flatMap((each) => outbox.append([each], observer, {}));
    const inMemory = stored.filter(({ durable }) => !durable);
    const [first, ...rest] = inMemory.map(({ seq }) => seq);
    outbox.settle("a", [{ seq: first as number, at: now, attempts: 1 }], 0);
    expect(outbox.unsaved("a", first as number).map(({ seq }) => seq)).toEqual(rest);
    const loss = outbox.close();
    expect(loss).toMatchObject({ events: inMemory.length, message: expect.stringMatching(/full|I\/O/) });
    disk.clear();
    expect(open().next("b", 0, 100)).toHaveLength(42 - inMemory.length);
  });

  test("is written where there is room again, and nothing is lost", () => {
    const { disk, open } = onSmallDisk();
    const outbox = open();
    disk.fill();
    for (const each of some()) outbox.append([each], observer, {});
    expect(outbox.unsaved("a", 0)).not.toEqual([]);
    disk.clear();
    expect(outbox.close()).toBe(null);
    expect(open().next("b", 0, 100)).toHaveLength(40);
  });
});

/** Ways in which a disk refuses to be written from the start, and how it becomes well. */
const refusals = [
  ["full", (disk: ReturnType<typeof smallDisk>, on: boolean) => (on ? disk.fill() : disk.clear())],
  ["read-only", (disk: ReturnType<typeof smallDisk>, on: boolean) => disk.readOnly(on)],
] as const;

describe.skipIf(why !== null).each(refusals)("a disk that is %s at the start", (_, refuse) => {
  test("does not keep the agent from running; what was there is read when it is well", () => {
    const { disk, open } = onSmallDisk();
    const before = open();
    before.subscribe("a", "start");
    before.append([draft("old")], observer, {});
    before.close();
    refuse(disk, true);
    const outbox = open();
    outbox.subscribe("a", "start");
    outbox.append([draft("new")], observer, {});
    expect(ids(outbox.next("a", 0, 10))).toContain("new");
    refuse(disk, false);
    expect(outbox.restore()).toBe(true);
    outbox.close();
    expect(ids(open().next("a", 0, 10))).toEqual(["old", "new"]);
  });

  test("lets what was known be known: lifecycles, checkpoints, ids", () => {
    const { disk, open } = onSmallDisk();
    const before = open();
    before.append([draft("x")], observer, { checkpoints: { poll: { lastGood: 7 } } });
    before.close();
    refuse(disk, true);
    const outbox = open();
    expect(outbox.checkpoint("poll")).toEqual({ lastGood: 7 });
    expect(outbox.append([draft("x")], observer, {})[0]?.id).toBe("x:scheduled:2");
    refuse(disk, false);
  });
});

test.skipIf(why !== null)(
  "a file system that the kernel makes read-only has events go on in memory",
  ({ skip }) => {
    const disk = failingDisk();
    if (typeof disk === "string") {
      process.stderr.write(`SKIPPED: a failing file system cannot be tried here: ${disk}\n`);
      skip();
      return;
    }
    const outbox = temporaryPlace().open({ directory: join(disk.path, "state"), onError: () => {} });
    outbox.append(drafts(3), observer, {});
    disk.fail();
    outbox.append([draft("after")], observer, {});
    expect([outbox.degraded(), outbox.restore()]).toEqual([true, false]);
    expect(outbox.troubles()).toMatchObject([{ reason: "disk" }]);
    expect(ids(outbox.next("a", 0, 10))).toEqual(["e0", "e1", "e2", "after"]);
  },
);

test("settlements outlive a disk that is full for a while", () => {
  const place = temporaryPlace();
  const outbox = place.open();
  outbox.subscribe("a", "start");
  const [one] = outbox.append([draft("x")], observer, {});
  outbox.settle("a", [{ seq: one?.seq as number, at: now, attempts: 1 }], one?.seq as number);
  outbox.close();
  expect(settlements(place.database())).toEqual(["a: x"]);
});
