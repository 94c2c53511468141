import {
  cutText,
  describeEvent,
  type ForewarnEvent,
  formatDuration,
  isScheduledEvent,
  nameOfVm,
  oneLine,
  type ScheduledEventData,
  type ScheduledEventPhase,
  type Severity,
  utcTime,
} from "@forewarn/sdk";
import { messageId } from "../signature.ts";

/** One thing that is known, as a person reads it. */
export interface Fact {
  readonly name: string;
  readonly value: string;
  /** Set where the value is this moment (RFC 3339), for services that show times in the reader's zone. */
  readonly time?: string;
}

/** What an event says to people: plain texts of one line each, cut, in no service's markup. */
export interface Notice {
  /** The observing VM's name, else its id, else the event's source; at most 120 UTF-16 units. */
  readonly machine: string;
  /** At most 120 UTF-16 units: what happens to which VM. */
  readonly title: string;
  /** At most 600 UTF-16 units: what happens, in a sentence. */
  readonly text: string;
  /** At most 800 UTF-16 units: all of it on one line, for a phone that shows nothing else. */
  readonly headline: string;
  readonly severity: Severity;
  /** Whether something now needs attention, or no longer; `told` where it never did. */
  readonly state: "open" | "closed" | "told";
  /** The same for all events of one story on one VM, at most 255 characters. */
  readonly key: string;
  /** At most 10, each value at most 200 UTF-16 units. */
  readonly facts: readonly Fact[];
}

type OwnEvent = Exclude<
  ForewarnEvent,
  { readonly type: `io.forewarn.scheduledevent.${ScheduledEventPhase}` }
>;
type State = Notice["state"];

const statesOfPhases: Readonly<Record<ScheduledEventPhase, State>> = {
  scheduled: "open",
  updated: "open",
  approved: "open",
  started: "open",
  completed: "closed",
  canceled: "closed",
  ended: "closed",
};

/** Of each other type: its state, and the name of its story. */
const stories: Readonly<Record<OwnEvent["type"], readonly [State, string]>> = {
  "io.forewarn.imds.unreachable": ["open", "imds"],
  "io.forewarn.imds.recovered": ["closed", "imds"],
  "io.forewarn.instance.observed": ["told", "instance"],
  "io.forewarn.instance.changed": ["told", "instance"],
  "io.forewarn.agent.started": ["told", "agent"],
  "io.forewarn.agent.heartbeat": ["told", "agent"],
  "io.forewarn.agent.stalled": ["told", "agent"],
  "io.forewarn.agent.stopped": ["told", "agent"],
  "io.forewarn.agent.degraded": ["open", "state"],
  "io.forewarn.agent.restored": ["closed", "state"],
  "io.forewarn.sink.paused": ["open", "sink"],
  "io.forewarn.sink.resumed": ["closed", "sink"],
};

/** Puts an event into the words and facts of which every preset makes its message. */
export function noticeOf(event: ForewarnEvent): Notice {
  const machine =
    [nameOfVm(event.data.vm), event.source].map((text) => brief(text ?? "", 120)).find(Boolean) ?? "";
  const { what, text } = describeEvent(event, utcTime);
  const about = isScheduledEvent(event)
    ? `${event.data.eventType} of ${affected(event.data, machine)}`
    : machine;
  return {
    machine,
    title: brief(`${what}: ${about}`, 120),
    text: brief(text, 600),
    headline: brief(isScheduledEvent(event) ? `${what}: ${text}` : `${what}: ${machine}: ${text}`, 800),
    ...storyOf(event),
    facts: factsOf(event, machine).flatMap(({ value, ...fact }) => {
      const shown = brief(value, 200);
      return shown === "" ? [] : [{ ...fact, value: shown }];
    }),
  };
}

/** A text on one line, of at most so many UTF-16 units. */
export function brief(text: string, most: number): string {
  return cutText(oneLine(text), most);
}

function storyOf(event: ForewarnEvent): Pick<Notice, "severity" | "state" | "key"> {
  const observer = event.data.vm.vmId ?? event.source;
  if (isScheduledEvent(event)) {
    const { eventId, phase, impact } = event.data;
    return {
      severity: impact,
      state: statesOfPhases[phase] ?? "told",
      key: keyOf("event", eventId.toLowerCase(), observer),
    };
  }
  const [state, story] = stories[event.type] ?? ["told", event.type];
  const name = "sink" in event.data ? event.data.sink : "";
  return {
    severity: event.severitytext.toLowerCase() as Severity,
    state,
    key: keyOf(story, name, observer),
  };
}

function keyOf(...names: readonly string[]): string {
  const key = ["forewarn", ...names.filter((name) => name !== "")].join("/");
  return key.length <= 255 ? key : messageId(key);
}

function factsOf(event: ForewarnEvent, machine: string): readonly Fact[] {
  const { vm } = event.data;
  const places = [vm.size, vm.location, vm.zone && `zone ${vm.zone}`];
  return [
    { name: "VM", value: [machine, ...places].filter(Boolean).join(", ") },
    ...(isScheduledEvent(event) ? factsOfScheduled(event.data) : []),
    { name: "Scale set", value: vm.scaleSet ?? "" },
    { name: "Resource group", value: vm.resourceGroup ?? "" },
  ];
}

function factsOfScheduled(data: ScheduledEventData): readonly Fact[] {
  const { notBefore, noticeMs, durationSeconds, eventSource } = data;
  const isAlone = data.affectsSelf === true && data.resources.length === 1;
  return [
    ...(notBefore === null ? [] : [{ name: "Not before", value: utcTime(notBefore), time: notBefore }]),
    { name: "Notice", value: noticeMs === null ? "" : formatDuration(noticeMs) },
    { name: "Interruption", value: durationSeconds === null ? "" : formatDuration(durationSeconds * 1000) },
    { name: "Caused by", value: eventSource ?? "" },
    { name: "Affects", value: isAlone ? "" : data.resources.join(", ") },
    { name: "Azure says", value: data.description },
    { name: "EventId", value: data.eventId },
  ];
}

function affected({ affectsSelf, resources }: ScheduledEventData, machine: string): string {
  return affectsSelf === true || resources.length === 0 ? machine : resources.join(", ");
}
