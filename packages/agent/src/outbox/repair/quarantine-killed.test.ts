import {
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, test } from "vitest";
import { drafts, observer } from "../fixtures/draft.ts";
import { temporaryPlace } from "../fixtures/place.ts";

/** A state directory as a kill leaves it while a damaged outbox is replaced: the new file is complete, the old one there. */
function killed() {
  const place = temporaryPlace();
  const path = join(place.directory, "outbox.db");
  const kept = `${path}.damaged-2026-11-22T19-00-00.000Z`;
  const outbox = place.open();
  outbox.subscribe("a", "start");
  const events = outbox.append(drafts(20), observer, {});
  outbox.close();
  copyFileSync(path, `${kept}.whole`);
  writeFileSync(path, "damaged");
  writeFileSync(`${path}-wal`, "its log");
  return { place, path, kept, events };
}

describe("a process that is killed while it puts a damaged outbox aside loses nothing", () => {
  test.each([
    ["before the damaged file is moved", []],
    ["between the file and its log", [""]],
    ["before the new file is moved", ["", "-wal"]],
  ])("%s", (_, moved) => {
    const { place, path, kept, events } = killed();
    for (const suffix of moved) renameSync(`${path}${suffix}`, `${kept}${suffix}`);
    const outbox = place.open();
    expect(outbox.troubles()).toEqual([]);
    expect(outbox.next("a", 0, 1000).map(({ json }) => json)).toEqual(events.map(({ json }) => json));
    outbox.close();
    expect(readFileSync(kept, "utf8")).toBe("damaged");
    expect(readFileSync(`${kept}-wal`, "utf8")).toBe("its log");
    expect(existsSync(`${kept}.whole`)).toBe(false);
  });

  test("while the new file is written: it is begun again", () => {
    const { place, path, kept, events } = killed();
    copyFileSync(`${kept}.whole`, path);
    renameSync(`${kept}.whole`, `${path}.new`);
    const half = new DatabaseSync(`${path}.new`);
    half.exec("DELETE FROM event; DELETE FROM subscription");
    half.close();
    const damaged = readFileSync(path);
    damaged.set(new Uint8Array(100), 0);
    writeFileSync(path, damaged);
    writeFileSync(`${path}-wal`, "");
    const outbox = place.open();
    expect(outbox.troubles()).toMatchObject([{ reason: "damage", quarantine: { events: 20 } }]);
    expect(outbox.next("a", 0, 1000)).toHaveLength(events.length);
    outbox.close();
    expect(readdirSync(place.directory).filter((name) => /\.new|\.whole/.test(name))).toEqual([]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test("before its sinks have their positions again: they begin at the start, until they have them", () => {
    const { place, path, kept, events } = killed();
    renameSync(`${kept}.whole`, path);
    renameSync(`${path}-wal`, `${kept}-wal`);
    const damaged = readFileSync(path);
    damaged.set(new Uint8Array(100), 0);
    writeFileSync(path, damaged);
    place.open().close();
    const next = place.open();
    expect([next.troubles(), next.lostPositions()]).toEqual([[], true]);
    const position = next.subscribe("a", "now");
    expect(next.next("a", position, 1000)).toHaveLength(events.length);
    next.append([], observer, { checkpoints: { positions: "known" } });
    next.close();
    expect(place.open().lostPositions()).toBe(false);
  });
});
