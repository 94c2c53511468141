import { existsSync, readdirSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Clock } from "@forewarn/sdk";
import { createPrivateFile } from "../state/private-file.ts";
import { openDatabase } from "../state/schema.ts";
import { transaction } from "../state/transaction.ts";
import { salvageEvents } from "./salvage.ts";

/** What was done with a damaged outbox. */
export interface Quarantine {
  /** Where the damaged file is kept. */
  readonly kept: string;
  /** Events that were whole, and are in the new file. */
  readonly events: number;
  /** Whether every sink's position could be read. */
  readonly positions: boolean;
}

/** In the order of their references. */
const others = {
  checkpoint: ["name", "json"],
  lifecycle: ["event_id", "json", "gone_at"],
  subscription: ["sink", "position"],
  delivery: ["seq", "sink", "at", "attempts", "dead"],
} as const;

type Row = Readonly<Record<string, string | number | null>>;

/** Says `lost` in a file whose positions could not be salvaged, until every sink has one again. */
export const positionsCheckpoint = "positions";

/** What a new file bears at the end of its name while it waits for the damaged one to go. */
const finished = ".whole";
const suffixes = ["", "-wal", "-shm"] as const;

/**
 * Puts a damaged outbox aside, which no connection of this process may have open, and makes a new one of what is whole
 * of it: every event whose checksum is right, and what can be read of the rest. The damaged file stays in its place
 * until the new one is complete and on disk; whenever the process ends, {@link finishQuarantine} goes on from there.
 */
export function quarantine(path: string, clock: Clock): Quarantine {
  const stamp = new Date(clock.now()).toISOString().replaceAll(":", "-");
  const kept = freePath(`${path}.damaged-${stamp}`);
  const events = salvageEvents(path);
  const { rest, positions } = readable(path);
  const draft = `${path}.new`;
  for (const suffix of suffixes) rmSync(`${draft}${suffix}`, { force: true });
  createPrivateFile(draft);
  const database = openDatabase(draft, "FULL");
  try {
    transaction(database, () => {
      insertAll(
        database,
        "event",
        [...events.values()].toSorted((a, b) => a.seq - b.seq) as unknown as readonly Row[],
      );
      if (!positions) insertAll(database, "checkpoint", [{ name: positionsCheckpoint, json: '"lost"' }]);
      for (const [table, rows] of Object.entries(rest)) {
        const whole = rows.filter(({ seq }) => table !== "delivery" || events.has(Number(seq)));
        insertAll(database, table, whole);
      }
    });
  } finally {
    database.close();
  }
  renameSync(draft, `${kept}${finished}`);
  replace(path, kept);
  return { kept, events: events.size, positions };
}

/** Ends a {@link quarantine} in whose last steps the process was killed; nothing may have the outbox open. */
export function finishQuarantine(path: string): void {
  const [begin, end] = [`${basename(path)}.damaged-`, finished];
  const complete = readdirSync(dirname(path)).find((name) => name.startsWith(begin) && name.endsWith(end));
  if (complete !== undefined) replace(path, join(dirname(path), complete.slice(0, -end.length)));
}

function replace(path: string, kept: string): void {
  for (const suffix of suffixes) {
    if (existsSync(`${path}${suffix}`)) renameSync(`${path}${suffix}`, `${kept}${suffix}`);
  }
  renameSync(`${kept}${finished}`, path);
}

function freePath(path: string): string {
  let free = path;
  for (let use = 2; existsSync(free); use++) free = `${path}-${use}`;
  return free;
}

function insertAll(database: DatabaseSync, table: string, rows: readonly Row[]): void {
  const [first] = rows;
  if (first === undefined) return;
  const names = Object.keys(first);
  const insert = database.prepare(
    `INSERT OR IGNORE INTO ${table} (${names.join(", ")}) VALUES (${names.map((name) => `:${name}`).join(", ")})`,
  );
  for (const row of rows) insert.run(row);
}

type Rest = Readonly<Record<keyof typeof others, readonly Row[]>>;

/** What SQLite can still read of the small tables, from both ends; it may be nothing. */
function readable(path: string): { readonly rest: Rest; readonly positions: boolean } {
  const rest: Record<keyof typeof others, Row[]> = {
    checkpoint: [],
    lifecycle: [],
    subscription: [],
    delivery: [],
  };
  const broken = new Set<string>();
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { readOnly: true });
    for (const table of Object.keys(rest) as (keyof typeof others)[]) {
      for (const order of ["ASC", "DESC"]) {
        if (!readRows(database, table, order, rest[table])) broken.add(table);
      }
    }
  } catch {
    // Not even its header is whole.
    broken.add("subscription");
  } finally {
    database?.close();
  }
  return { rest, positions: !broken.has("subscription") };
}

/** Adds the rows that can be read in an order; false where that breaks off. */
function readRows(database: DatabaseSync, table: keyof typeof others, order: string, into: Row[]): boolean {
  const columns = others[table];
  try {
    const statement = database.prepare(
      `SELECT ${columns.join(", ")} FROM ${table} ORDER BY ${columns[0]} ${order}`,
    );
    for (const row of statement.iterate()) if (isWhole(table, row as Row)) into.push(row as Row);
    return true;
  } catch {
    return false;
  }
}

/** The checks that a row's own content allows. */
function isWhole(table: keyof typeof others, row: Row): boolean {
  const json = table === "delivery" ? row["dead"] : row["json"];
  if (table === "subscription") return Number.isSafeInteger(row["position"]);
  if (json === null && table === "delivery") return true;
  try {
    JSON.parse(String(json));
    return true;
  } catch {
    return false;
  }
}
