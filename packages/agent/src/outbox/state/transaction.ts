import type { DatabaseSync } from "node:sqlite";

/** Runs `work` in one write transaction; where it throws, nothing of it was stored. */
export function transaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec("BEGIN IMMEDIATE");
  try {
    const result = work();
    database.exec("COMMIT");
    return result;
  } catch (error) {
    // SQLite has rolled back by itself after a full disk; a second rollback would hide the cause.
    if (database.isTransaction) database.exec("ROLLBACK");
    throw error;
  }
}
