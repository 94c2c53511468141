import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { draft, drafts, observer, padding } from "../fixtures/draft.ts";
import { type Place, temporaryPlace } from "../fixtures/place.ts";
import { salvageEvents } from "./salvage.ts";

/** A copy of a place's files, as a crash would leave them. */
function copyOf({ directory }: Place): string {
  const copy = mkdtempSync(join(tmpdir(), "forewarn-salvage-"));
  onTestFinished(() => rmSync(copy, { recursive: true, force: true }));
  for (const file of ["outbox.db", "outbox.db-wal"]) copyFileSync(join(directory, file), join(copy, file));
  return join(copy, "outbox.db");
}

const sizes = [10, 300, 3900, 4100, 20_000, 200_000];

test.each(["in the log", "in the file", "in both"])("finds every event, of any size, %s", (where) => {
  const place = temporaryPlace();
  const outbox = place.open();
  const events = sizes.flatMap((bytes, index) => [
    ...drafts(40, { id: `small${index}` }),
    draft(`big${index}`, { data: padding(bytes) }),
    draft(`é😀${index}`, { data: padding(bytes) }),
  ]);
  const [first, rest] = where === "in both" ? [events.slice(0, 100), events.slice(100)] : [events, []];
  const stored = [...outbox.append(first, observer, {})];
  if (where !== "in the log") place.database().exec("PRAGMA wal_checkpoint(TRUNCATE)");
  if (rest.length > 0) stored.push(...outbox.append(rest, observer, {}));
  const found = salvageEvents(copyOf(place));
  expect([...found.keys()].toSorted()).toEqual(stored.map(({ seq }) => seq).toSorted());
  for (const { seq, json, id, key } of stored) expect(found.get(seq)).toMatchObject({ json, id, key });
});

test("one byte that flips costs at most the events that it stands in, wherever it is", () => {
  const place = temporaryPlace();
  const outbox = place.open();
  const stored = outbox.append([...drafts(150), draft("big", { data: padding(30_000) })], observer, {});
  const whole = copyOf(place);
  const wal = readFileSync(`${whole}-wal`);
  fc.assert(
    fc.property(fc.nat(wal.length - 1), fc.integer({ min: 1, max: 255 }), (at, bits) => {
      const broken = Buffer.from(wal);
      broken[at] = (broken[at] as number) ^ bits;
      writeFileSync(`${whole}-wal`, broken);
      const found = salvageEvents(whole);
      const lost = stored.filter(({ seq, json }) => found.get(seq)?.json !== json);
      // One event, or, where the number of a log's page flips, also the large one whose page it then takes the place of.
      expect(lost.length).toBeLessThanOrEqual(2);
    }),
    { numRuns: 300 },
  );
});

test("finds nothing where nothing is", () => {
  const place = temporaryPlace();
  place.open();
  expect(salvageEvents(copyOf(place)).size).toBe(0);
  expect(salvageEvents(join(place.directory, "no-such-file")).size).toBe(0);
});
