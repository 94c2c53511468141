import { DatabaseSync } from "node:sqlite";
import { join } from "node:path";
import { type Entry, type Ledger, wants } from "./ledger.ts";
import type { SimulatedSink, Trouble } from "./sinks.ts";
import type { Span } from "./span.ts";

const pausing: ReadonlySet<Trouble> = new Set(["misconfigured", "rejects all", "deaf", "hang"]);

/**
 * How long a sink that takes calls may need for an urgent event, in an undisturbed process: an attempt that still hangs
 * with the second that it is given to end, 3 s for what goes before, and 10 s where it may have been paused.
 */
function allowanceMs({ timeoutMs, troubles }: SimulatedSink): number {
  return timeoutMs + 1000 + 3000 + (troubles.some(({ what }) => pausing.has(what)) ? 10_000 : 0);
}

/** The longest time between two moments that no span touches; the spans may overlap. */
function longestFree(spans: readonly Span<unknown>[], from: number, to: number): number {
  let free = from;
  let longest = 0;
  for (const span of spans.toSorted((a, b) => a.from - b.from)) {
    if (span.to <= free) continue;
    longest = Math.max(longest, Math.min(span.from, to) - free);
    free = Math.max(free, span.to);
    if (free >= to) return longest;
  }
  return Math.max(longest, to - free);
}

/** Complains of urgent events that came too late although the sink could have taken them in time. */
function judgeDeadlines(ledger: Ledger, sink: SimulatedSink, disturbed: readonly Span<string>[]): void {
  const refusals = [...sink.troubles, ...sink.forbidden, ...disturbed];
  for (const entry of ledger.entries) {
    const { urgent } = entry;
    if (urgent === null || entry.lost || entry.rejected.has(sink.name) || !wants(sink, entry.event)) continue;
    const from = Math.max(entry.storedAt, urgent.from - entry.wallAhead);
    const until = urgent.until - entry.wallAhead;
    const taken = entry.taken.get(sink.name) ?? Number.POSITIVE_INFINITY;
    // Where the wall clock leapt meanwhile, the deadline is another moment than it seemed.
    const corrected = disturbed.some(
      ({ what, from: at }) => (what === "jump" || what === "suspend") && entry.storedAt <= at && at <= taken,
    );
    if (taken <= until || corrected) continue;
    const free = longestFree(refusals, from, until);
    if (free > allowanceMs(sink))
      ledger.complain(
        `${sink.name} got ${entry.event.id} ${taken - until} ms after its deadline, although it took calls for ${free} ms before`,
      );
  }
}

function judgeDelivery(ledger: Ledger, sink: SimulatedSink): void {
  for (const entry of ledger.entries) {
    const { event, taken, rejected, lost } = entry;
    if (lost || taken.has(sink.name) || rejected.has(sink.name) || !wants(sink, event)) continue;
    ledger.complain(`${sink.name} never got ${event.id}`);
  }
}

interface Row {
  readonly json: string;
  readonly sink: string | null;
  readonly dead: string | null;
}

/** Compares the state directory with what was told of it. */
function judgeDisk(ledger: Ledger, sinks: readonly SimulatedSink[], directory: string): void {
  const database = new DatabaseSync(join(directory, "outbox.db"), { readOnly: true });
  const rows = database
    .prepare("SELECT json, sink, dead FROM event LEFT JOIN delivery USING (seq) ORDER BY seq")
    .all() as unknown as readonly Row[];
  database.close();
  const settled = new Map<Entry, Set<string>>();
  for (const { json, sink, dead } of rows) {
    const entry = ledger.byJson(json);
    if (entry === undefined || entry.lost) {
      ledger.complain(`on disk is what nobody was told: ${json}`);
      continue;
    }
    const sinksOf = settled.get(entry) ?? new Set();
    settled.set(entry, sinksOf);
    if (sink === null) continue;
    sinksOf.add(sink);
    if (dead === null && !entry.confirmed.has(sink))
      ledger.complain(`${sink} never confirmed ${entry.event.id}`);
    if (dead !== null && !entry.rejected.has(sink))
      ledger.complain(`${sink} never refused ${entry.event.id}: ${dead}`);
  }
  for (const entry of ledger.entries) {
    if (entry.lost) continue;
    const sinksOf = settled.get(entry);
    if (sinksOf === undefined) ledger.complain(`${entry.event.id} is not on disk`);
    else
      for (const sink of sinks)
        if (wants(sink, entry.event) && !sinksOf.has(sink.name))
          ledger.complain(`${entry.event.id} is not settled at ${sink.name}`);
  }
}

/** Judges a run that has ended, with everything well at the end; `disturbed` are the times in which the process was not at work. */
export function judge(run: {
  readonly ledger: Ledger;
  readonly sinks: readonly SimulatedSink[];
  readonly disturbed: readonly Span<string>[];
  readonly directory: string;
}): void {
  const { ledger, sinks, disturbed, directory } = run;
  const blocked = sinks.flatMap((sink): readonly Span<string>[] => sink.blocked);
  for (const sink of sinks) {
    judgeDelivery(ledger, sink);
    judgeDeadlines(ledger, sink, [...disturbed, ...blocked]);
  }
  judgeDisk(ledger, sinks, directory);
}
