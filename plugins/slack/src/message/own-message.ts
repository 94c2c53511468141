import {
  type ForewarnEvent,
  type ScheduledEvent,
  type Vm,
  describeEvent,
  formatDuration,
  nameOfVm,
  unknownVm,
} from "@forewarn/sdk";
import { type ChooseTags, vmFacts } from "./facts.ts";
import { lookOf, severityOf, wellLook } from "./look.ts";
import { code, escapeControl, escapeMrkdwn, localTime, plain } from "./mrkdwn.ts";
import type { Parts } from "./parts.ts";
import { cut, oneLine } from "./text.ts";

/** An event that is no phase of a scheduled event: of Forewarn itself, or of a version to come. */
export type OwnEvent = Exclude<ForewarnEvent, ScheduledEvent>;

/** What is particular about an event: its title in plain text, what it means in mrkdwn, and the words of others. */
interface Said {
  readonly title: string;
  readonly lead: readonly string[];
  readonly notes?: readonly string[];
  readonly isGood?: true;
}

/** A short message of an event that Forewarn tells of itself; of an unknown one what it carries. */
export function ownMessage(event: OwnEvent, { choose }: { readonly choose: ChooseTags }): Parts {
  const { what, text } = describeEvent(event);
  const { title, lead, notes = [], isGood } = say(event);
  return {
    look: isGood === true ? wellLook : lookOf(severityOf(event)),
    title,
    lead,
    facts: vmFacts(observerOf(event), choose),
    notes,
    command: "",
    footer: [`${code(event.type, 100)} ${localTime(Date.parse(event.time))}`],
    sentence: escapeControl(cut(oneLine(`${what}: ${text}`), 1000)),
  };
}

function say(event: OwnEvent): Said {
  switch (event.type) {
    case "io.forewarn.imds.unreachable":
      return {
        title: `Forewarn on ${vmOf(event)} gets no answer from Azure`,
        lead: [
          `Since *${localTime(Date.parse(event.data.since))}*: ${quoted(event.data.message)}`,
          "Until that is over, nothing that Azure announces is seen.",
          "*Do:* find out what stands between the VM and 169.254.169.254: firewall, proxy, route.",
        ],
      };
    case "io.forewarn.imds.recovered":
      return {
        title: `Forewarn on ${vmOf(event)} gets answers from Azure again`,
        lead: [
          `After ${formatDuration(event.data.downMs)} without an answer. What Azure announced meanwhile follows.`,
        ],
        isGood: true,
      };
    case "io.forewarn.agent.started":
      return {
        title: `Forewarn watches ${vmOf(event)}`,
        lead: [
          `Version ${code(event.data.version, 40)}.${event.data.gapMs === null ? "" : ` Nobody had watched for ${formatDuration(event.data.gapMs)}.`}`,
        ],
      };
    case "io.forewarn.agent.stopped":
      return {
        title: `Forewarn no longer watches ${vmOf(event)}`,
        lead: [`It was stopped after ${formatDuration(event.data.uptimeMs)}.`],
      };
    case "io.forewarn.sink.paused":
      return {
        title: `Sink ${plain(event.data.sink, 60)} on ${vmOf(event)} is paused`,
        lead: [
          quoted(event.data.message),
          "*Do:* put it right. Its events are kept, and follow once it works.",
        ],
      };
    case "io.forewarn.sink.resumed":
      return {
        title: `Sink ${plain(event.data.sink, 60)} on ${vmOf(event)} works again`,
        lead: [
          `After a pause of ${formatDuration(event.data.pausedMs)}; what it had kept is being delivered.`,
        ],
        isGood: true,
      };
    case "io.forewarn.instance.observed":
      return { title: `${vmOf(event)} as Azure describes it`, lead: [inShort(event)] };
    case "io.forewarn.instance.changed":
      return { title: `${vmOf(event)} has changed`, lead: [inShort(event)] };
    case "io.forewarn.agent.heartbeat":
      return { title: `Forewarn on ${vmOf(event)} is alive`, lead: [inShort(event)] };
    case "io.forewarn.agent.stalled":
      return {
        title: `${vmOf(event)} stood still for ${formatDuration(event.data.gapMs)}${event.data.clock === "wall" ? ", or its clock was set" : ""}`,
        lead: [`Forewarn ${inShort(event)}.`],
      };
    default:
      return unknown(event);
  }
}

/** What it says in one line. */
function inShort(event: OwnEvent): string {
  return quoted(describeEvent(event).text);
}

/** The words of a failure. */
function quoted(message: string): string {
  return escapeMrkdwn(cut(oneLine(message), 1000));
}

function vmOf({ data }: OwnEvent): string {
  const name = nameOfVm(data.vm);
  return name === null ? "a VM" : plain(name, 64);
}

/** The VM of any event, also of one whose schema is not known here. */
function observerOf({ data }: { readonly data?: { readonly vm?: Vm } }): Vm {
  const vm: Vm = { ...unknownVm, ...data?.vm };
  return { ...vm, tags: Object(vm.tags) as Vm["tags"] };
}

/** An event of a type that this version does not know: its data says what it is. */
function unknown(event: ForewarnEvent): Said {
  const { type, data } = event as { readonly type: string; readonly data?: unknown };
  const { vm, ...rest } = Object(data) as { readonly vm?: { readonly name?: unknown } };
  const name = typeof vm?.name === "string" ? ` of ${plain(vm.name, 64)}` : "";
  return {
    title: `${plain(type.replace(/^io\.forewarn\./, ""), 80)}${name}`,
    lead: [],
    notes: [Object.keys(rest).length === 0 ? "" : plain(JSON.stringify(rest), 1500)],
  };
}
