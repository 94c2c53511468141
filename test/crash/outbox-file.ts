import { closeSync, existsSync, openSync, writeSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";

/** An event as it is stored. */
export interface Stored {
  readonly seq: number;
  readonly source: string;
  readonly id: string;
  readonly type: string;
  readonly key: string;
  readonly json: string;
}

/** Every event of an outbox that no agent uses, in order. */
export function storedIn(path: string): readonly Stored[] {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    return database
      .prepare("SELECT seq, source, id, type, key, json FROM event ORDER BY seq")
      .all() as unknown as readonly Stored[];
  } finally {
    database.close();
  }
}

/** Breaks an index of an outbox that no agent uses: no event is touched. False where there is none yet. */
export function breakIndex(path: string): boolean {
  if (!existsSync(path)) return false;
  const database = new DatabaseSync(path);
  let root: number;
  try {
    database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    const row = database.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'event_by_key'").get();
    if (row === undefined) return false;
    root = Number(row["rootpage"]);
  } finally {
    database.close();
  }
  const file = openSync(path, "r+");
  writeSync(file, Buffer.alloc(64, 0xa5), 0, 64, (root - 1) * 4096);
  closeSync(file);
  return true;
}
