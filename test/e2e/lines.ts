import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { CloudEvent } from "@forewarn/sdk";
import type { Forewarn, Place } from "./forewarn.ts";

/** One line of the log. */
export interface LogLine {
  readonly time: string;
  readonly level: string;
  readonly message: string;
  readonly [field: string]: unknown;
}

/** The log of an agent, each whole line parsed; throws where a line is no JSON. */
export function logOf(agent: Forewarn): readonly LogLine[] {
  return linesOf(agent.stderr()) as readonly LogLine[];
}

/** The events in a file of the place, whole lines only; none where there is no file yet. */
export function eventsIn(place: Place, name = "events.ndjson"): readonly CloudEvent[] {
  try {
    return linesOf(readFileSync(join(place.path, name), "utf8")) as readonly CloudEvent[];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

/** The same events by id, for comparing what sinks got: between stories each goes its own way. */
export function byId(events: readonly CloudEvent[]): readonly CloudEvent[] {
  return events.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

/** The types of events without their prefix. */
export function typesOf(events: readonly CloudEvent[]): readonly string[] {
  return events.map(({ type }) => type.replace("io.forewarn.", ""));
}

/** The phases of one scheduled event, in order of arrival. */
export function phasesOf(events: readonly CloudEvent[], eventId: string): readonly string[] {
  return typesOf(events.filter(({ subject }) => subject === eventId.toLowerCase())).map((type) =>
    type.replace("scheduledevent.", ""),
  );
}

/** The data of an event; throws where there is no such event. */
export function dataOf<Data = Readonly<Record<string, unknown>>>(event: CloudEvent | undefined): Data {
  if (event === undefined) throw new Error("there is no such event");
  return event.data as Data;
}

function linesOf(text: string): readonly unknown[] {
  return text
    .slice(0, text.lastIndexOf("\n") + 1)
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as unknown);
}
