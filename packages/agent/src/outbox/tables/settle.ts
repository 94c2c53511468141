import type { DatabaseSync } from "node:sqlite";
import type { Clock } from "@forewarn/sdk";
import { transaction } from "../state/transaction.ts";
import type { DeadLetter } from "./dead-letter.ts";

/** What became of one event at one sink. */
export interface Settlement {
  readonly seq: number;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly attempts: number;
  /** Absent: delivered. */
  readonly dead?: DeadLetter;
}

/** Keeps what is finished at each sink. */
export interface Settler {
  /** A sink's position: everything at or below is finished. A new sink begins now, or at the start. */
  subscribe(sink: string, from: "now" | "start"): number;
  /** Notes that events are finished at a sink; written together with others within 5 ms. */
  settle(sink: string, settlements: readonly Settlement[], position: number): void;
  /** Whether an event was settled at a sink, but stands not on disk yet: reading would bring it back. */
  settling(sink: string, seq: number): boolean;
}

interface Row {
  readonly sink: string;
  readonly settlement: Settlement;
}

const bySinkAndPlace = (a: Row, b: Row) =>
  a.sink === b.sink ? a.settlement.seq - b.settlement.seq : a.sink < b.sink ? -1 : 1;

const gatherMs = 5;
const againMs = 1000;

/** Gathers settlements for at most 5 ms and writes them together; a lost one is only a duplicate. */
export function createSettler(
  database: DatabaseSync,
  clock: Clock,
  onError: (error: unknown) => void,
): Settler & { flush(): void; close(): void } {
  // The statement looks for the event by itself; SQLite need not look again.
  database.exec("PRAGMA foreign_keys = OFF");
  const insert = database.prepare(
    "INSERT OR REPLACE INTO delivery (seq, sink, at, attempts, dead) SELECT ?, ?, ?, ?, ? WHERE EXISTS (SELECT 1 FROM event WHERE seq = ?1)",
  );
  // For 100 events one statement costs less than half of one for each.
  const insertRun = database.prepare(
    "INSERT OR REPLACE INTO delivery (seq, sink, at, attempts, dead) SELECT seq, ?, ?, ?, NULL FROM event WHERE seq BETWEEN ? AND ?",
  );
  const move = database.prepare("INSERT OR REPLACE INTO subscription (sink, position) VALUES (?, ?)");
  const read = database.prepare("SELECT position FROM subscription WHERE sink = ?");
  const top = database.prepare("SELECT coalesce(max(seq), 0) AS top FROM event");

  let rows: Row[] = [];
  let positions = new Map<string, number>();
  const unwritten = new Map<string, Set<number>>();
  /** Set while a flush is to come; aborts the wait for it. */
  let waiting: AbortController | undefined;

  /** Where the run ends that begins at an index: events in a row that were delivered alike. */
  function endOfRun(from: number): number {
    const { sink, settlement } = rows[from] as Row;
    const { seq, at, attempts, dead } = settlement;
    if (dead !== undefined) return from;
    for (let index = from + 1; ; index++) {
      const next = rows[index];
      const isAlike =
        next !== undefined &&
        next.sink === sink &&
        next.settlement.seq === seq + index - from &&
        next.settlement.at === at &&
        next.settlement.attempts === attempts &&
        next.settlement.dead === undefined;
      if (!isAlike) return index - 1;
    }
  }

  function writeRows(): void {
    // Lanes deliver nearly in order; what they delivered in the same millisecond becomes one run.
    rows.sort(bySinkAndPlace);
    for (let index = 0; index < rows.length; index++) {
      const { sink, settlement } = rows[index] as Row;
      const { seq, at, attempts, dead } = settlement;
      const end = endOfRun(index);
      if (end > index) insertRun.run(sink, at, attempts, seq, seq + end - index);
      else insert.run(seq, sink, at, attempts, dead === undefined ? null : JSON.stringify(dead));
      index = end;
    }
  }

  function write(): void {
    transaction(database, () => {
      writeRows();
      for (const [sink, position] of positions) move.run(sink, position);
    });
    rows = [];
    positions = new Map();
    unwritten.clear();
  }

  async function flushAfter(ms: number): Promise<void> {
    const own = new AbortController();
    waiting = own;
    await clock.sleep(ms, own.signal);
    if (waiting === own) flush();
  }

  function endWaiting(): void {
    waiting?.abort();
    waiting = undefined;
  }

  function flush(): void {
    endWaiting();
    if (rows.length === 0 && positions.size === 0) return;
    try {
      write();
    } catch (error) {
      // Nothing is lost: what is delivered stays noted in memory, and the disk is tried again.
      onError(error);
      void flushAfter(againMs);
    }
  }

  return {
    subscribe(sink, from) {
      const stored = read.get(sink)?.["position"];
      if (stored !== undefined) return Number(stored);
      const position = from === "start" ? 0 : Number(top.get()?.["top"]);
      move.run(sink, position);
      return position;
    },
    settle(sink, settlements, position) {
      let own = unwritten.get(sink);
      if (own === undefined) unwritten.set(sink, (own = new Set()));
      for (const settlement of settlements) {
        rows.push({ sink, settlement });
        own.add(settlement.seq);
      }
      positions.set(sink, position);
      if (waiting === undefined) void flushAfter(gatherMs);
    },
    settling: (sink, seq) => unwritten.get(sink)?.has(seq) ?? false,
    flush,
    close() {
      flush();
      endWaiting();
    },
  };
}
