import type { Envelope } from "@forewarn/agent";
import type { ForewarnEvent, When } from "@forewarn/sdk";
import type { Expected } from "./reference.ts";

/** One event that the agent has stored, and what became of it at each sink. */
export interface Entry {
  readonly json: string;
  readonly event: ForewarnEvent;
  readonly key: string;
  /** In milliseconds since the run began. */
  readonly storedAt: number;
  /** Of the wall clock, in that millisecond: its epoch time minus `storedAt`. */
  readonly wallAhead: number;
  readonly urgent: Expected["urgent"];
  readonly durable: boolean;
  /** It stood only in memory when the process was killed. */
  lost: boolean;
  /** When each sink took it first. */
  readonly taken: Map<string, number>;
  /** Sinks that said that they will never take it. */
  readonly rejected: Set<string>;
  /** Sinks that told the agent that they have it. */
  readonly confirmed: Set<string>;
}

/** Everything that was stored and delivered in one run, and what was wrong with it. */
export interface Ledger {
  readonly entries: readonly Entry[];
  readonly wrong: readonly string[];
  complain(what: string): void;
  store(
    envelope: Envelope,
    expected: Expected | null,
    moment: { readonly wall: number; readonly monotonic: number },
  ): void;
  byJson(json: string): Entry | undefined;
  /** A sink has an event, for the first time or again. */
  take(sink: SinkWish, entry: Entry, moment: number): void;
  /** What stood only in memory is gone. */
  loseMemory(): void;
  /** What stood only in memory is on disk. */
  saveMemory(): void;
}

/** A sink's name and what it wants. */
export interface SinkWish {
  readonly name: string;
  readonly when: When;
}

const ranks = ["info", "warn", "error"];

/** Whether a sink wants an event: the naive reading of `when`. */
export function wants({ name, when }: SinkWish, event: ForewarnEvent): boolean {
  const data = event.data as Readonly<Record<string, unknown>>;
  if (event.type.startsWith("io.forewarn.sink.") && data["sink"] === name) return false;
  if (when.types !== undefined && !event.type.startsWith("io.forewarn.scheduledevent.")) return false;
  if (when.scope === "self" && event.affectsself === false) return false;
  const rank = typeof data["impact"] === "string" ? data["impact"] : event.severitytext.toLowerCase();
  if (when.minSeverity !== undefined && ranks.indexOf(rank) < ranks.indexOf(when.minSeverity)) return false;
  const types = when.eventTypes?.map((type) => type.toLowerCase());
  return types === undefined || types.includes(String(data["eventType"]).toLowerCase());
}

/** An empty ledger. */
export function createLedger(): Ledger {
  const entries: Entry[] = [];
  const known = new Map<string, Entry>();
  const byKey = new Map<string, Entry[]>();
  const unsaved = new Set<Entry>();
  const ids = new Map<string, Entry>();
  const wrong: string[] = [];

  return {
    entries,
    wrong,
    complain: (what) => void wrong.push(what),
    byJson: (json) => known.get(json),
    store(envelope, expected, { wall, monotonic }) {
      const { json, key, durable, event } = envelope;
      const entry: Entry = {
        json,
        event,
        key,
        storedAt: monotonic,
        wallAhead: wall - monotonic,
        urgent: expected?.urgent ?? null,
        durable,
        lost: false,
        taken: new Map(),
        rejected: new Set(),
        confirmed: new Set(),
      };
      const name = `${event.source} ${event.id}`;
      if (ids.get(name)?.lost === false) wrong.push(`the id ${event.id} was given out twice`);
      ids.set(name, entry);
      entries.push(entry);
      known.set(json, entry);
      byKey.set(key, [...(byKey.get(key) ?? []), entry]);
      if (!durable) unsaved.add(entry);
    },
    take(sink, entry, moment) {
      if (!wants(sink, entry.event))
        wrong.push(`${sink.name} was sent ${entry.event.id}, which it does not want`);
      if (entry.taken.has(sink.name)) return;
      entry.taken.set(sink.name, moment);
      // A call of a process that is dead by now may still arrive.
      if (entry.lost) return;
      for (const earlier of byKey.get(entry.key) ?? []) {
        if (earlier.event.sequence >= entry.event.sequence) continue;
        const missing = !earlier.lost && !earlier.taken.has(sink.name) && !earlier.rejected.has(sink.name);
        if (missing && wants(sink, earlier.event))
          wrong.push(`${sink.name} got ${entry.event.id} before ${earlier.event.id}`);
      }
    },
    loseMemory() {
      for (const entry of unsaved) entry.lost = true;
      unsaved.clear();
    },
    saveMemory: () => unsaved.clear(),
  };
}
