import type { Envelope } from "@forewarn/agent";
import type { ScheduledEventData } from "@forewarn/sdk";
import type { Expected } from "./reference.ts";

const byId = (a: { readonly id: string }, b: { readonly id: string }) => (a.id < b.id ? -1 : 1);

/** Where what the agent stored of one answer is not what the reference says; order means something only within one scheduled event. */
export function compare(told: readonly Envelope[], meant: readonly Expected[]): readonly string[] {
  const [stored, expected] = [told.toSorted(byId), meant.toSorted(byId)];
  const ids = stored.map(({ id }) => id);
  const due = expected.map(({ id }) => id);
  if (ids.join() !== due.join()) return [`told ${ids.join(", ")} instead of ${due.join(", ")}`];
  return stored.flatMap((envelope, index) => differences(envelope, expected[index] as Expected));
}

function differences({ id, urgentFrom, deadline, event }: Envelope, expected: Expected): readonly string[] {
  const data = event.data as ScheduledEventData;
  const said = {
    phase: data.phase,
    outcome: data.outcome,
    changed: data.changed,
    occurrence: data.occurrence,
    affectsSelf: data.affectsSelf,
    impact: data.impact,
    noticeMs: data.noticeMs,
    notBefore: data.notBefore === null ? null : Date.parse(data.notBefore),
    urgent: urgentFrom === null || deadline === null ? null : { from: urgentFrom, until: deadline },
  };
  const { id: _, ...meant } = expected;
  return Object.entries(meant)
    .filter(([field, value]) => JSON.stringify(value) !== JSON.stringify(said[field as keyof typeof said]))
    .map(
      ([field, value]) =>
        `${id}: ${field} is ${JSON.stringify(said[field as keyof typeof said])} instead of ${JSON.stringify(value)}`,
    );
}
