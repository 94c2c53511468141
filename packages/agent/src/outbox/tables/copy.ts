import type { DatabaseSync } from "node:sqlite";

/** Copies all events and their settlements into another database; what is there already stays. */
export function copyEvents(from: DatabaseSync, to: DatabaseSync): void {
  for (const table of ["event", "delivery"]) copyTable(from, to, table);
}

function copyTable(from: DatabaseSync, to: DatabaseSync, table: string): void {
  const rows = from.prepare(`SELECT * FROM ${table}`).all();
  const names = Object.keys(rows[0] ?? {});
  if (names.length === 0) return;
  const insert = to.prepare(
    `INSERT OR IGNORE INTO ${table} (${names.join(", ")}) VALUES (${names.map((name) => `:${name}`).join(", ")})`,
  );
  for (const row of rows) insert.run({ ...row });
}
