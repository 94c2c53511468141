import { DatabaseSync } from "node:sqlite";
import { StateError } from "./state-error.ts";

const version = 1;

// auto_vacuum must come before journal_mode and the first table, else SQLite ignores it in silence.
const create = `
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
PRAGMA user_version = ${version};
COMMIT;`;

/** Opens a connection to the outbox file and makes its tables where it is new. */
export function openDatabase(path: string, synchronous: "FULL" | "NORMAL"): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: 5000 });
  try {
    prepare(database, path);
    database.exec(
      `PRAGMA synchronous = ${synchronous}; PRAGMA foreign_keys = ON; PRAGMA journal_size_limit = 4194304;`,
    );
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function prepare(database: DatabaseSync, path: string): void {
  const found = Number(database.prepare("PRAGMA user_version").get()?.["user_version"]);
  if (found > version) {
    throw new StateError(
      "STATE_TOO_NEW",
      `${path} was written by a newer forewarn (schema ${found}, this one knows ${version}): install that version again, or move the state directory away`,
    );
  }
  if (found === 0) database.exec(create);
}
