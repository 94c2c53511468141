import { obstacleTo } from "@forewarn/agent";
import type { ScheduledEventEntry } from "@forewarn/imds";
import { cutText, listed, nearest, oneLine } from "@forewarn/sdk";
import { mostId } from "../../print/scheduled-events/events-table.ts";

/** What a person wrote, as what Azure announces now understands it. */
export type Choice =
  | { readonly entry: ScheduledEventEntry }
  /** Goes on after "forewarn approve: ". */
  | { readonly problem: string };

/** The event of an id, or of a beginning of one that no other has, in any case. */
export function chooseEvent(given: string, entries: readonly ScheduledEventEntry[]): Choice {
  const wanted = given.toLowerCase();
  const shown = cutText(oneLine(given), mostId);
  const exact = entries.find(({ eventId }) => eventId.toLowerCase() === wanted);
  if (exact !== undefined) return { entry: exact };
  const [first, ...others] = entries.filter(({ eventId }) => eventId.toLowerCase().startsWith(wanted));
  if (first !== undefined && others.length === 0) return { entry: first };
  if (first !== undefined) {
    return { problem: `${others.length + 1} events begin with ${shown}: write more of the id` };
  }
  const near = nearest(
    given,
    entries.map(({ eventId }) => eventId),
  );
  const hint = near === undefined ? "" : `: did you mean ${cutText(oneLine(near), mostId)}?`;
  return { problem: `Azure announces no event ${shown} now${hint}` };
}

/** Why an event cannot be approved now, with a cure where there is one; null where it can. */
export function whyNot(
  entry: ScheduledEventEntry,
  {
    shared,
    ownName,
    now,
  }: { readonly shared: boolean; readonly ownName: string | null; readonly now: number },
): string | null {
  const { notBefore } = entry;
  const obstacle = obstacleTo({ entry, notBefore, goneAt: null, wasStarted: false }, shared, {
    selfName: ownName,
    now,
  });
  switch (obstacle?.kind) {
    case "shared":
      return `${obstacle.why}: --shared allows that`;
    case "others":
      return `${obstacle.why}: approve it on ${someOf(entry.resources)}`;
    default:
      return obstacle?.why ?? null;
  }
}

function someOf(names: readonly string[]): string {
  return names.length <= 3 ? names.join(" or ") : `one of ${listed(names, 3)}`;
}
