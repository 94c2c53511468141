import type { DocumentChange, LiveDocument } from "../events/live-document.ts";
import type { ScenarioCondition } from "./scenario.ts";

/** What has happened to the events of one play. */
export interface Reached {
  has(condition: ScenarioCondition): boolean;
  /** Resolves true once that has happened, false when the signal aborts first. */
  until(condition: ScenarioCondition, signal: AbortSignal): Promise<boolean>;
  /** Stops listening. */
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
  const waiting = new Set<() => void>();
  const keyOf = ({ event, is }: ScenarioCondition) => `${eventIds.get(event)?.toUpperCase()} ${is}`;
  const stop = live.onChange(({ action, event }) => {
    const started = event.EventStatus === "Started" ? (["started"] as const) : [];
    for (const is of [...states[action], ...started]) reached.add(`${event.EventId.toUpperCase()} ${is}`);
    for (const look of [...waiting]) look();
  });
  return {
    has: (condition) => reached.has(keyOf(condition)),
    until: (condition, signal) =>
      new Promise((resolve) => {
        const end = (happened: boolean) => {
          waiting.delete(look);
          signal.removeEventListener("abort", abort);
          resolve(happened);
        };
        const look = () => reached.has(keyOf(condition)) && end(true);
        const abort = () => end(false);
        waiting.add(look);
        signal.addEventListener("abort", abort);
        if (signal.aborted) abort();
        else look();
      }),
    stop,
  };
}
