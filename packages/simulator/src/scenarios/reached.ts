import type { DocumentChange, LiveDocument } from "../events/live-document.ts";
import type { ScenarioCondition } from "./scenario.ts";

/** What has happened to the events of one play. */
export interface Reached {
  has(condition: ScenarioCondition): boolean;
  /** Calls `act` once that has happened, at once where it has already. */
  once(condition: ScenarioCondition, act: () => void): void;
  /** Stops listening; nothing more is called. */
  stop(): void;
}

const states: Readonly<Record<DocumentChange["action"], readonly ScenarioCondition["is"][]>> = {
  added: ["scheduled"],
  approved: ["approved", "started"],
  started: ["started"],
  updated: [],
  removed: ["removed"],
};

/** Listens to a document for the events with these ids, by their names in the scenario. */
export function watchReached(live: LiveDocument, eventIds: ReadonlyMap<string, string>): Reached {
  const reached = new Set<string>();
  const waiting = new Map<() => void, ScenarioCondition>();
  const keyOf = ({ event, is }: ScenarioCondition) => `${eventIds.get(event)?.toUpperCase()} ${is}`;
  const stop = live.onChange(({ action, event }) => {
    const started = event.EventStatus === "Started" ? (["started"] as const) : [];
    for (const is of [...states[action], ...started]) reached.add(`${event.EventId.toUpperCase()} ${is}`);
    for (const [act, condition] of waiting) {
      if (!reached.has(keyOf(condition))) continue;
      waiting.delete(act);
      act();
    }
  });
  return {
    has: (condition) => reached.has(keyOf(condition)),
    once(condition, act) {
      if (reached.has(keyOf(condition))) act();
      else waiting.set(act, condition);
    },
    stop,
  };
}
