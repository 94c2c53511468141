import { isDeepStrictEqual } from "node:util";
import { ending } from "./absent.ts";
import type { EventDraft } from "./draft.ts";
import { entriesById } from "./entry.ts";
import { selfSoFar } from "./impact.ts";
import { joined, type Lifecycle } from "./lifecycle.ts";
import type { NormalizeOptions, Observation } from "./observation.ts";
import { type Phase, tell } from "./phase.ts";
import { opened, seenAgain } from "./present.ts";

/** What one good answer of IMDS means. */
export interface Normalized {
  /** The events to append, endings first, then in the order of the document. */
  readonly drafts: readonly EventDraft[];
  /** The lifecycles to store beside them; empty where nothing changed. */
  readonly lifecycles: readonly Lifecycle[];
  /** What is odd about the document, for the log. */
  readonly warnings: readonly string[];
}

/**
 * Compares a document with what is known and names what happened: the normative table 3.1 of the design. Pure: the
 * same knowledge and the same observation always give the same events with the same ids.
 */
export function normalize(
  known: ReadonlyMap<string, Lifecycle>,
  observation: Observation,
  options: NormalizeOptions,
): Normalized {
  const { byId, repeated } = entriesById(observation.document.events);
  const drafts: EventDraft[] = [];
  const lifecycles: Lifecycle[] = [];

  const record = (lifecycle: Lifecycle, phase: Phase) => {
    const told = tell(lifecycle, phase, observation);
    drafts.push(told.draft);
    lifecycles.push(told.lifecycle);
  };

  for (const lifecycle of known.values()) {
    if (lifecycle.goneAt !== null || byId.has(lifecycle.eventId)) continue;
    const absent: Lifecycle = {
      ...lifecycle,
      affectsSelf: selfSoFar(lifecycle, lifecycle.entry, options),
      unwatched: joined(lifecycle.unwatched, observation.unwatched),
    };
    if (observation.absenceBelieved) {
      record({ ...absent, unwatched: null, goneAt: observation.time }, ending(absent, observation, options));
    } else if (observation.unwatched !== null) {
      lifecycles.push(absent);
    }
  }

  for (const [id, entry] of byId) {
    const before = known.get(id);
    const step =
      before === undefined || before.goneAt !== null
        ? opened(entry, before, observation, options)
        : seenAgain(entry, before, observation, options);
    if (step.phase !== null) record(step.lifecycle, step.phase);
    else if (matters(before, step.lifecycle)) lifecycles.push(step.lifecycle);
  }

  const warnings = [...repeated].map((id) => `EventId ${id} stands more than once in the document`);
  return { drafts, lifecycles, warnings: [...observation.document.warnings, ...warnings] };
}

/** Whether a lifecycle without an event is worth a write: what later decisions and events read has changed. */
function matters(before: Lifecycle | undefined, after: Lifecycle): boolean {
  return (
    before?.unwatched !== after.unwatched ||
    before?.affectsSelf !== after.affectsSelf ||
    !isDeepStrictEqual(before?.entry, after.entry)
  );
}
