import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Envelope } from "../envelope.ts";
import { draft, drafts, now, observer, padding } from "../fixtures/draft.ts";
import { type Place, temporaryPlace } from "../fixtures/place.ts";
import type { Degradation, Outbox } from "../outbox.ts";

const ids = (envelopes: readonly Envelope[]) => envelopes.map(({ id }) => id.replace(":scheduled", ""));
const path = ({ directory }: Place) => join(directory, "outbox.db");

/** What opening found. */
function quarantined(outbox: Outbox): Extract<Degradation, { reason: "damage" }> {
  const [trouble] = outbox.troubles();
  if (trouble?.reason !== "damage") throw new Error("nothing was damaged");
  return trouble;
}

/** A file of events that is closed, with its content in one file. */
function stored(count: number): { readonly place: Place; readonly events: readonly Envelope[] } {
  const place = temporaryPlace();
  const outbox = place.open();
  outbox.subscribe("a", "start");
  const events = outbox.append(drafts(count, { data: padding(300) }), observer, {
    checkpoints: { poll: { lastGood: 1 } },
  });
  outbox.close();
  return { place, events };
}

/** Overwrites bytes of a closed file. */
function damage(file: string, at: number, bytes: Uint8Array): void {
  const content = readFileSync(file);
  content.set(bytes, at);
  writeFileSync(file, content);
}

describe("a damaged outbox at the start", () => {
  test("that is no database at all is kept, and a new one begins", () => {
    const place = temporaryPlace();
    mkdirSync(place.directory);
    writeFileSync(path(place), "not a database".repeat(1000));
    const outbox = place.open();
    const { quarantine, message } = quarantined(outbox);
    expect(message).toBe("file is not a database");
    expect(quarantine.kept).toBe(`${path(place)}.damaged-2026-11-22T20-00-00.000Z`);
    expect(readFileSync(quarantine.kept, "utf8").startsWith("not a database")).toBe(true);
    expect(outbox.append([draft("x")], observer, {})).toHaveLength(1);
    expect(outbox.degraded()).toBe(false);
  });

  test("whose header is gone keeps every event, and each sink begins anew: rather twice than never", () => {
    const { place, events } = stored(200);
    damage(path(place), 0, new Uint8Array(100));
    const outbox = place.open();
    expect(quarantined(outbox).quarantine).toMatchObject({ events: 200, positions: false });
    outbox.subscribe("a", "now");
    expect(outbox.next("a", 0, 1000).map(({ seq, json }) => [seq, json])).toEqual(
      events.map(({ seq, json }) => [seq, json]),
    );
  });

  test("with one damaged page keeps every event outside of it, and what was settled", () => {
    const { place } = stored(500);
    const before = place.open();
    const all = before.next("a", 0, 1000);
    const settled = all.slice(0, 100);
    before.settle(
      "a",
      settled.map(({ seq }) => ({ seq, at: now, attempts: 1 })),
      settled[99]?.seq as number,
    );
    before.close();
    const content = readFileSync(path(place));
    const page = Math.floor(content.indexOf(all[300]?.json ?? "") / 4096);
    damage(path(place), page * 4096, new Uint8Array(4096).fill(0xa5));
    const outbox = place.open();
    const position = outbox.subscribe("a", "now");
    let read: readonly Envelope[];
    try {
      read = outbox.next("a", position, 1000);
    } catch {
      throw new Error("reading a damaged page must put it in quarantine");
    }
    expect(read.length).toBeGreaterThan(380);
    expect(read.length).toBeLessThan(400);
    expect(quarantined(outbox).quarantine.positions).toBe(true);
    expect(ids(read)).not.toContain("e99");
    expect(outbox.checkpoint("poll")).toEqual({ lastGood: 1 });
  });

  test("twice is kept twice", () => {
    const { place } = stored(10);
    for (const kept of ["damaged-2026-11-22T20-00-00.000Z", "damaged-2026-11-22T20-00-00.000Z-2"]) {
      damage(path(place), 0, new Uint8Array(100));
      const outbox = place.open();
      expect(quarantined(outbox).quarantine.kept).toBe(`${path(place)}.${kept}`);
      expect(outbox.next("a", 0, 100)).toHaveLength(10);
      outbox.close();
    }
  });
});

test("damage that shows while the agent runs is dealt with at that moment", () => {
  const { place, events } = stored(2000);
  const outbox = place.open();
  const position = outbox.subscribe("a", "start");
  expect(outbox.next("a", position, 10)).toHaveLength(10);
  // Through another process, so that no descriptor of this one is closed.
  const database = place.database();
  database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  const content = readFileSync(path(place));
  const page = Math.floor(content.indexOf(events[1500]?.json ?? "") / 4096);
  database.exec("PRAGMA writable_schema = ON");
  damage(path(place), page * 4096, new Uint8Array(4096).fill(0x5a));
  let read: readonly Envelope[] = [];
  for (let after = position; ;) {
    const some = outbox.next("a", after, 500);
    if (some.length === 0) break;
    read = [...read, ...some];
    after = some.at(-1)?.seq as number;
  }
  expect(read.length).toBeGreaterThan(1980);
  expect(outbox.append([draft("after")], observer, {})).toHaveLength(1);
  expect(quarantined(outbox).quarantine.events).toBe(read.length);
});

test.each([
  ["what is urgent", (outbox: Outbox) => outbox.urgent("a", 0, now, 10)],
  ["what missed its deadline", (outbox: Outbox) => outbox.missed("a", 0, { after: now - 1, until: now + 1 })],
  ["how urgent it is", (outbox: Outbox) => outbox.urgency(now)],
])("damage that shows when a sink asks %s is dealt with, too", (_, ask) => {
  const place = temporaryPlace();
  const first = place.open();
  const urgency = { from: now - 1000, deadline: now + 1 };
  const events = first.append([draft("x", { urgency }), draft("y", { urgency })], observer, {});
  first.close();
  const outbox = place.open();
  const database = place.database();
  const rows = database
    .prepare("SELECT rootpage FROM sqlite_schema WHERE name IN ('event_by_deadline', 'event_by_key')")
    .all();
  // Another's write makes the agent's connection forget the pages that it has read.
  database.exec("INSERT INTO checkpoint VALUES ('other', '1'); PRAGMA wal_checkpoint(TRUNCATE)");
  for (const { rootpage } of rows)
    damage(path(place), (Number(rootpage) - 1) * 4096, new Uint8Array(100).fill(0xa5));
  ask(outbox);
  expect(quarantined(outbox).quarantine.events).toBe(2);
  expect(outbox.next("a", 0, 10).map(({ json }) => json)).toEqual(events.map(({ json }) => json));
});

test("whatever byte flips, the outbox opens, keeps every event that is whole, and takes new ones", () => {
  const { place, events } = stored(120);
  const content = readFileSync(path(place));
  const copy = `${path(place)}.copy`;
  copyFileSync(path(place), copy);
  fc.assert(
    fc.property(fc.nat(content.length - 1), fc.integer({ min: 1, max: 255 }), (at, bits) => {
      const broken = Buffer.from(content);
      broken[at] = (broken[at] as number) ^ bits;
      for (const suffix of ["-wal", "-shm"]) rmSync(`${path(place)}${suffix}`, { force: true });
      writeFileSync(path(place), broken);
      const outbox = place.open();
      try {
        outbox.subscribe("a", "start");
        const read: Envelope[] = [];
        for (let after = 0; ;) {
          const some = outbox.next("a", after, 50).filter(({ seq }) => seq > after);
          if (some.length === 0) break;
          read.push(...some);
          after = some.at(-1)?.seq as number;
        }
        const whole = new Map(read.filter(({ intact }) => intact).map(({ seq, json }) => [seq, json]));
        const lost = events.filter(({ seq, json }) => whole.get(seq) !== json);
        expect(lost.length).toBeLessThanOrEqual(1);
        expect(outbox.append([draft("after")], observer, {})).toHaveLength(1);
      } finally {
        outbox.close();
        for (const trouble of outbox.troubles()) {
          if (trouble.reason === "damage") rmSync(trouble.quarantine.kept, { force: true });
        }
      }
    }),
    { numRuns: 1000 },
  );
  expect(existsSync(copy)).toBe(true);
}, 60_000);
