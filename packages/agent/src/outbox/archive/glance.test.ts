import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startChild } from "../fixtures/child.ts";
import { draft, drafts, now, observer } from "../fixtures/draft.ts";
import { temporaryPlace } from "../fixtures/place.ts";
import { glance } from "./glance.ts";

test("no outbox: no directory, no file, and one in which nothing was ever stored", () => {
  const { directory } = temporaryPlace();
  const none = expect.objectContaining({ code: "STATE_MISSING" }) as Error;
  expect(() => glance(directory)).toThrow(none);
  mkdirSync(directory, { recursive: true });
  expect(() => glance(directory)).toThrow(none);
  writeFileSync(join(directory, "outbox.db"), "");
  expect(() => glance(directory)).toThrow(none);
});

test("an outbox of a newer version is called that", () => {
  const place = temporaryPlace();
  place.open().close();
  place.database().exec("PRAGMA user_version = 7");
  expect(() => glance(place.directory)).toThrow(expect.objectContaining({ code: "STATE_TOO_NEW" }) as Error);
});

test("what an agent left behind, of every sink", () => {
  const place = temporaryPlace();
  const outbox = place.open();
  outbox.subscribe("ops", "start");
  outbox.subscribe("audit", "start");
  const [a, b] = outbox.append(
    [draft("a", { time: now + 1 }), draft("b", { time: now + 2 }), draft("c", { time: now + 3 })],
    observer,
    { checkpoints: { poll: { lastGood: now, bootId: "x", distrustUntil: 0 } } },
  );
  const dead = { reason: "rejected", message: "400", first: now, last: now } as const;
  outbox.settle("audit", [{ seq: a?.seq ?? 0, at: now, attempts: 1 }], a?.seq ?? 0);
  outbox.settle("audit", [{ seq: b?.seq ?? 0, at: now, attempts: 1, dead }], b?.seq ?? 0);
  outbox.close();
  expect(glance(place.directory)).toEqual({
    running: false,
    lastGoodPoll: now,
    sinks: [
      { name: "audit", pending: 1, oldest: now + 3, deadLetters: 1 },
      { name: "ops", pending: 3, oldest: now + 1, deadLetters: 0 },
    ],
  });
  // Asking changed nothing: an agent begins as ever.
  place.open();
});

test.skipIf(process.getuid?.() === 0)("a directory that may not be written is read all the same", () => {
  const place = temporaryPlace();
  const outbox = place.open();
  outbox.subscribe("ops", "now");
  outbox.close();
  chmodSync(place.directory, 0o500);
  expect(glance(place.directory).sinks).toHaveLength(1);
  chmodSync(place.directory, 0o700);
});

test("a file that is none: what SQLite says", () => {
  const place = temporaryPlace();
  mkdirSync(place.directory, { recursive: true });
  writeFileSync(
    join(place.directory, "outbox.db"),
    "this is no database, however long it may be".repeat(100),
  );
  expect(() => glance(place.directory)).toThrow("not a database");
});

test("beside an agent at work: that it runs, and what it has stored", async () => {
  const place = temporaryPlace();
  const child = startChild("locking-process.ts", [place.directory]);
  expect(await child.line()).toBe("open");
  expect(glance(place.directory)).toEqual({ running: true, lastGoodPoll: null, sinks: [] });
  await child.kill();
  expect(glance(place.directory).running).toBe(false);
});

test("dead letters are counted up to a bound, since there may be any number", () => {
  const outbox = temporaryPlace().open();
  outbox.subscribe("ops", "start");
  const dead = { reason: "rejected", message: "400", first: now, last: now } as const;
  const seqs = outbox.append(drafts(5), observer, {}).map(({ seq }) => seq);
  outbox.settle(
    "ops",
    seqs.map((seq) => ({ seq, at: now, attempts: 1, dead })),
    seqs.at(-1) ?? 0,
  );
  outbox.retain(["ops"]);
  expect([
    outbox.deadLetters("ops", 100),
    outbox.deadLetters("ops", 3),
    outbox.deadLetters("audit", 9),
  ]).toEqual([5, 3, 0]);
});
