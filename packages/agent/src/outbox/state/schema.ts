import { DatabaseSync } from "node:sqlite";
import { DamageError, StateError } from "./state-error.ts";

/** No version will ever be as high: a number above it is damage. */
const mostPlausible = 1000;

/** 16 MB: 40 ms at most (PRAGMA quick_check, 1 kB events: 17 ms for 10,000 of them). */
const mostCheckedPages = 4096;

const tables = ["event", "checkpoint", "lifecycle", "subscription", "delivery"] as const;

/**
 * What makes each schema version of the one before, the first of an empty file; a step that was ever published is never
 * changed. A new one needs a golden file of the version before it in `golden/`.
 */
const steps: readonly string[] = [
  // auto_vacuum must come before journal_mode and the first table, else SQLite ignores it in silence.
  `
PRAGMA auto_vacuum = INCREMENTAL;
PRAGMA journal_mode = WAL;
BEGIN;
CREATE TABLE event (
  seq INTEGER PRIMARY KEY, source TEXT NOT NULL, id TEXT NOT NULL, type TEXT NOT NULL,
  key TEXT NOT NULL,
  time INTEGER NOT NULL, severity INTEGER NOT NULL,
  urgent_from INTEGER, deadline INTEGER,
  crc INTEGER NOT NULL, json TEXT NOT NULL, UNIQUE (source, id)) STRICT;
CREATE INDEX event_by_key ON event (key, seq);
CREATE INDEX event_by_deadline ON event (deadline) WHERE deadline IS NOT NULL;
CREATE INDEX event_by_severity ON event (severity) WHERE json <> '';
CREATE INDEX event_evicted ON event (time) WHERE json = '';
CREATE TABLE checkpoint (name TEXT PRIMARY KEY, json TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE lifecycle (event_id TEXT PRIMARY KEY, json TEXT NOT NULL, gone_at INTEGER) STRICT, WITHOUT ROWID;
CREATE TABLE subscription (sink TEXT PRIMARY KEY, position INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE delivery (
  seq INTEGER NOT NULL REFERENCES event ON DELETE CASCADE, sink TEXT NOT NULL,
  at INTEGER NOT NULL, attempts INTEGER NOT NULL,
  dead TEXT,
  PRIMARY KEY (seq, sink)) STRICT, WITHOUT ROWID;
CREATE INDEX delivery_dead ON delivery (sink, seq) WHERE dead IS NOT NULL;
PRAGMA user_version = 1;
COMMIT;`,
];

/** The schema version that this program writes. */
export const version = steps.length;

/**
 * Opens a connection to the outbox file, makes its tables where it is new, and looks whether it is whole unless another
 * connection has. Throws `StateError` for a newer version's, and `DamageError` or what SQLite throws for a damaged one.
 */
export function openDatabase(path: string, synchronous: "FULL" | "NORMAL", looks = true): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: 5000 });
  try {
    prepare(database, path);
    if (looks) look(database);
    database.exec(
      `PRAGMA journal_mode = WAL; PRAGMA synchronous = ${synchronous}; PRAGMA foreign_keys = ON; PRAGMA journal_size_limit = 4194304;`,
    );
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function prepare(database: DatabaseSync, path: string): void {
  for (const step of steps.slice(versionOf(database, path))) database.exec(step);
}

/**
 * The version of an outbox file's schema; 0 where it has no tables yet. Throws `StateError` for a newer one than this
 * program knows, and `DamageError` for one that no program will ever write.
 */
export function versionOf(database: DatabaseSync, path: string): number {
  const found = Number(database.prepare("PRAGMA user_version").get()?.["user_version"]);
  if (found < 0 || found > mostPlausible) throw new DamageError(`its schema version reads ${found}`);
  if (found > version) {
    throw new StateError(
      "STATE_TOO_NEW",
      `${path} was written by a newer forewarn (schema ${found}, this one knows ${version}): install that version again, or move the state directory away`,
    );
  }
  return found;
}

function look(database: DatabaseSync): void {
  // A damaged description of a table shows only where the table is asked for.
  for (const table of tables) database.prepare(`SELECT * FROM ${table} LIMIT 0`);
  check(database);
}

/** A damaged branch of a tree makes rows vanish without an error. Looking at a larger file would hold up the start. */
function check(database: DatabaseSync): void {
  const { page_count: pages } = database.prepare("PRAGMA page_count").get() as {
    readonly page_count: number;
  };
  if (pages > mostCheckedPages) return;
  const found = String(database.prepare("PRAGMA quick_check(1)").get()?.["quick_check"]);
  if (found !== "ok") throw new DamageError(found);
}
