import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { describe, expect, onTestFinished, test } from "vitest";
import { draft, observer } from "../fixtures/draft.ts";
import { temporaryPlace } from "../fixtures/place.ts";
import { openDatabase } from "./schema.ts";

const pragma = (database: DatabaseSync, name: string) =>
  database.prepare(`PRAGMA ${name}`).get()?.[name === "busy_timeout" ? "timeout" : name];

function opened(path: string, synchronous: "FULL" | "NORMAL"): DatabaseSync {
  const database = openDatabase(path, synchronous);
  onTestFinished(() => database.close());
  return database;
}

describe("openDatabase", () => {
  test("a new file vacuums incrementally and writes ahead, also for who opens it later", () => {
    const place = temporaryPlace();
    mkdirSync(place.directory);
    const path = join(place.directory, "outbox.db");
    for (const database of [opened(path, "FULL"), opened(path, "NORMAL"), place.database()]) {
      expect([pragma(database, "auto_vacuum"), pragma(database, "journal_mode")]).toEqual([2, "wal"]);
    }
  });

  test("each connection syncs as asked, waits for others, and bounds its journal", () => {
    const place = temporaryPlace();
    mkdirSync(place.directory);
    const path = join(place.directory, "outbox.db");
    const [full, normal] = [opened(path, "FULL"), opened(path, "NORMAL")];
    expect([pragma(full, "synchronous"), pragma(normal, "synchronous")]).toEqual([2, 1]);
    for (const database of [full, normal]) {
      expect(pragma(database, "foreign_keys")).toBe(1);
      expect(pragma(database, "busy_timeout")).toBe(5000);
      expect(pragma(database, "journal_size_limit")).toBe(4_194_304);
    }
  });

  test("a file that was killed before its tables were made gets them", () => {
    const place = temporaryPlace();
    mkdirSync(place.directory);
    // The first statements of a new file, then death: no close, no checkpoint.
    spawnSync(process.execPath, [
      "-e",
      `const { DatabaseSync } = require("node:sqlite");
       new DatabaseSync(${JSON.stringify(join(place.directory, "outbox.db"))}).exec("PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL; BEGIN; CREATE TABLE event (x)");
       process.kill(process.pid, "SIGKILL");`,
    ]);
    expect(place.open().append([draft("a")], observer, {})).toHaveLength(1);
    expect(pragma(place.database(), "auto_vacuum")).toBe(2);
  });
});
