import type { ScheduledEvent } from "@forewarn/imds-simulator";
import type { Answer } from "./world.ts";

/** How far one reading of the answers has come. */
interface Reading {
  /** What the agent last knew of the event; null: nothing, or that it is gone. */
  readonly known: { readonly started: boolean; readonly content: string } | null;
  /** How many of the told phases it accounts for. */
  readonly told: number;
}

/** The told phases of each EventId in lower case, in the order of the outbox. */
export type Told = ReadonlyMap<string, readonly string[]>;

/**
 * Whether what was told is what Azure's answers mean, by table 3.1 of the design and by nothing of the agent's code.
 * An answer that the same run of the agent followed with another question was understood for certain; the last one
 * before a kill may have been stored or not, so both readings go on. Returns what no reading explains.
 */
export function compare(answers: readonly Answer[], told: Told): readonly string[] {
  const readings = new Map<string, readonly Reading[]>();
  const open = new Set<string>();
  const findings = new Map<string, string>();
  const phases = (id: string) => told.get(id) ?? [];

  for (const [index, { life, events }] of answers.entries()) {
    const certain = answers[index + 1]?.life === life;
    const present = new Map(events.map((event) => [event.EventId.toLowerCase(), event]));
    for (const id of new Set([...present.keys(), ...open])) {
      if (findings.has(id)) continue;
      const before = readings.get(id) ?? [{ known: null, told: 0 }];
      const after = distinct([
        ...(certain ? [] : before),
        ...before.map((each) => step(each, present.get(id), phases(id))).filter((each) => each !== null),
      ]);
      readings.set(id, after);
      if (after.some(({ known }) => known !== null)) open.add(id);
      else open.delete(id);
      if (after.length === 0) {
        findings.set(id, `${id} was told as [${phases(id).join(", ")}], which answer ${index} contradicts`);
        open.delete(id);
      }
    }
  }
  for (const [id, ends] of readings) {
    const isClosed = ends.some(({ known, told: count }) => known === null && count === phases(id).length);
    if (!isClosed && !findings.has(id))
      findings.set(id, `${id} was told as [${phases(id).join(", ")}], which is not its whole story`);
  }
  for (const id of told.keys())
    if (!readings.has(id)) findings.set(id, `${id} was told, and Azure never named it`);
  return [...findings.values()];
}

function step(
  { known, told }: Reading,
  event: ScheduledEvent | undefined,
  phases: readonly string[],
): Reading | null {
  const entry = event === undefined ? null : { started: event.EventStatus === "Started", content: of(event) };
  const expected = phasesFor(known, entry);
  if (expected === null) return { known: entry, told };
  return expected.includes(phases[told] ?? "") ? { known: entry, told: told + 1 } : null;
}

/** One of them must be told; null: nothing must. */
function phasesFor(known: Reading["known"], entry: Reading["known"]): readonly string[] | null {
  if (entry === null) {
    if (known === null) return null;
    return known.started ? ["completed"] : ["canceled", "ended"];
  }
  if (known === null) return [entry.started ? "started" : "scheduled"];
  if (entry.started && !known.started) return ["started"];
  return entry.content === known.content ? null : ["updated"];
}

/** What is compared; once Started, nothing changes in the world of this test. */
function of({ EventStatus, ...rest }: ScheduledEvent): string {
  return EventStatus === "Started" ? EventStatus : JSON.stringify(rest);
}

function distinct(readings: readonly Reading[]): readonly Reading[] {
  return [...new Map(readings.map((each) => [JSON.stringify(each), each])).values()];
}
