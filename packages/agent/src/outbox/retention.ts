import type { DatabaseSync } from "node:sqlite";
import type { Clock } from "@forewarn/sdk";
import type { Outbox } from "./outbox.ts";
import { transaction } from "./transaction.ts";

/** How much is kept. */
export interface Limits {
  /** How long finished events and gone lifecycles are kept, milliseconds. */
  readonly retentionMs: number;
  /** How many bytes of finished events are kept. */
  readonly retentionBytes: number;
  /** How large the outbox may grow, bytes. */
  readonly maxBytes: number;
}

/** What a round of retention removed. */
export interface Retained {
  readonly removed: number;
  /** Events that were removed before they were delivered. */
  readonly evicted: number;
}

const chunk = 500;

// Events at or below the slowest running sink's position, without a dead letter that a person may want.
const finished =
  "seq <= :floor AND NOT EXISTS (SELECT 1 FROM delivery d WHERE d.seq = event.seq AND d.dead IS NOT NULL)";

/** Keeps the outbox within its limits: finished events first, then dead letters, then the least severe unsettled. */
export function createRetention(
  database: DatabaseSync,
  limits: Limits,
  clock: Clock,
  flush: () => void,
): Pick<Outbox, "retain" | "size"> {
  const aged = database.prepare(
    `DELETE FROM event WHERE seq IN (SELECT seq FROM event WHERE (json = '' OR ${finished}) AND time < :before ORDER BY seq LIMIT ${chunk})`,
  );
  const oldest = database.prepare(
    `DELETE FROM event WHERE seq IN (SELECT seq FROM event WHERE ${finished} ORDER BY seq LIMIT ${chunk})`,
  );
  const forget = database.prepare("DELETE FROM lifecycle WHERE gone_at IS NOT NULL AND gone_at < ?");
  const held = database.prepare(
    `SELECT coalesce(sum(length(json)), 0) AS bytes FROM event WHERE ${finished}`,
  );
  const dead = database.prepare(
    `DELETE FROM event WHERE seq IN (SELECT seq FROM event WHERE json <> '' AND seq <= :floor ORDER BY seq LIMIT ${chunk})`,
  );
  const evict = createEviction(database, clock);

  function floorOf(sinks: readonly string[]): number {
    const positions = database
      .prepare("SELECT sink, position FROM subscription")
      .all()
      .filter((row) => sinks.includes(String(row["sink"])))
      .map((row) => Number(row["position"]));
    return positions.length === 0 ? Number.MAX_SAFE_INTEGER : Math.min(...positions);
  }

  function size(): number {
    const value = (name: string) => Number(database.prepare(`PRAGMA ${name}`).get()?.[name]);
    return (value("page_count") - value("freelist_count")) * value("page_size");
  }

  /** Runs a deletion in chunks while it finds something and `wanted` holds. */
  function repeat(wanted: () => boolean, remove: () => number): number {
    let total = 0;
    for (let n = chunk; n > 0 && wanted(); total += n) n = transaction(database, remove);
    return total;
  }

  return {
    size,
    retain(sinks) {
      flush();
      const floor = floorOf(sinks);
      const before = clock.now() - limits.retentionMs;
      const tooLarge = () => size() > limits.maxBytes;
      forget.run(before);
      let removed = repeat(
        () => true,
        () => Number(aged.run({ floor, before }).changes),
      );
      removed += repeat(
        () =>
          size() > limits.retentionBytes && Number(held.get({ floor })?.["bytes"]) > limits.retentionBytes,
        () => Number(oldest.run({ floor }).changes),
      );
      removed += repeat(tooLarge, () => Number(oldest.run({ floor }).changes));
      removed += repeat(tooLarge, () => Number(dead.run({ floor }).changes));
      const evicted = repeat(tooLarge, () => evict(sinks));
      if (removed + evicted > 0) database.prepare("PRAGMA incremental_vacuum").all();
      return { removed, evicted };
    },
  };
}

/** Takes the payload of the oldest of the least severe unsettled events, and leaves a dead letter that says so. */
function createEviction(database: DatabaseSync, clock: Clock): (sinks: readonly string[]) => number {
  const victims = database.prepare(
    `SELECT seq FROM event WHERE json <> '' ORDER BY severity, seq LIMIT ${chunk}`,
  );
  const note = database.prepare(
    "INSERT OR IGNORE INTO delivery (seq, sink, at, attempts, dead) SELECT ?1, sink, ?2, 0, ?3 FROM subscription WHERE sink = ?4 AND position < ?1",
  );
  const empty = database.prepare("UPDATE event SET json = '', crc = 0 WHERE seq = ?");
  return (sinks) => {
    const at = clock.now();
    const dead = JSON.stringify({ reason: "evicted", message: "the outbox was full", first: at, last: at });
    const seqs = victims.all().map((row) => Number(row["seq"]));
    for (const seq of seqs) {
      for (const sink of sinks) note.run(seq, at, dead, sink);
      empty.run(seq);
    }
    return seqs.length;
  };
}
