import { userInfo } from "node:os";
import { StateError } from "@forewarn/agent";
import type { ImdsClient, ScheduledEventEntry } from "@forewarn/imds";
import { cutText, listed, oneLine } from "@forewarn/sdk";
import { type Command, type Given, UsageError } from "../../command.ts";
import type { MetadataRules, Place } from "../../config/place.ts";
import { renderProblems } from "../../config/problems/render.ts";
import { tellStateError } from "../../errors/tell-state-error.ts";
import { exitCode } from "../../exit-code.ts";
import type { Io } from "../../io.ts";
import { paintFor } from "../../log/color.ts";
import { confirmed } from "../../print/confirm.ts";
import { eventsTable, mostId } from "../../print/scheduled-events/events-table.ts";
import { archiveOptions, stateExitCodes } from "../given/archive.ts";
import { readPlace } from "../given/configuration.ts";
import { endpointOption } from "../given/endpoint.ts";
import { askImds } from "../given/asking.ts";
import { ownNameOf } from "../events/watch-events.ts";
import { chooseEvent, whyNot } from "./choose-event.ts";
import { type Sent, send } from "./send.ts";

/** Lets one event start before its time. */
export const approve: Command = {
  name: "approve",
  summary: "Lets a scheduled event of this VM start now, by telling Azure so.",
  args: "EVENT-ID",
  options: {
    shared: { type: "boolean", help: "Also where it names other VMs beside this one: it starts there, too." },
    "dry-run": { type: "boolean", help: "Only say what would be approved; send nothing." },
    yes: { type: "boolean", short: "y", help: "Do not ask." },
    ...archiveOptions,
    ...endpointOption,
  },
  examples: [
    ["forewarn approve C7061BAC", "asks first; the beginning of an id is enough"],
    ["forewarn approve C7061BAC-… --yes --json", "for programs; exit 1 where it was not approved"],
    ["forewarn approve C7061BAC --dry-run", "what would happen"],
  ],
  async run({ options, args }, io) {
    const [given, ...more] = args;
    if (given === undefined || given === "")
      throw new UsageError("forewarn approve takes an EVENT-ID: forewarn events lists them");
    if (more.length > 0)
      throw new UsageError(`forewarn approve takes one EVENT-ID, got ${JSON.stringify(more[0])} too`);
    const { state } = options;
    const place = await readPlace(options, io);
    if (!place.ok && typeof state !== "string") {
      io.stderr.write(renderProblems(place.problems, place.excerpt));
      return exitCode.config;
    }
    if (place.ok && place.metadata === null) {
      io.stderr.write(
        `forewarn approve: \`metadata\` of ${place.file} cannot be understood, so that it is not known what may be told: forewarn validate says what is wrong\n`,
      );
      return exitCode.config;
    }
    return askImds({ command: "approve", options }, io, (client, { url: endpoint }) =>
      approveAt(client, {
        given,
        options,
        io,
        endpoint,
        statePath: typeof state === "string" ? state : (place as Place).statePath,
        metadata: place.ok ? (place.metadata ?? {}) : {},
      }),
    );
  },
};

interface Task {
  readonly given: string;
  readonly options: Given["options"];
  readonly io: Io;
  readonly endpoint: string;
  readonly statePath: string;
  readonly metadata: MetadataRules;
}

async function approveAt(client: ImdsClient, task: Task): Promise<number> {
  const { given, options, io, endpoint, statePath, metadata } = task;
  const [{ events }, ownName] = await Promise.all([client.scheduledEvents(), ownNameOf(client)]);
  const fail = (message: string, more = "") =>
    say(
      exitCode.failed,
      { eventId: given, outcome: "impossible", message },
      `forewarn approve: ${message}\n${more}`,
      task,
    );
  const choice = chooseEvent(given, events);
  if ("problem" in choice) return fail(choice.problem, listOf(events, ownName, io));
  const { entry } = choice;
  const { eventId } = entry;
  const shared = options["shared"] === true;
  const why = whyNot(entry, { shared, ownName, now: Date.now() });
  if (why !== null) return fail(`${nameOf(entry)} cannot be approved: ${oneLine(why)}`);
  if (options["dry-run"] === true) {
    const text = `${nameOf(entry)} would be approved. Nothing was sent.\n`;
    return say(exitCode.ok, { eventId, outcome: "dry-run", message: "" }, text, task);
  }
  if (options["yes"] !== true) {
    const answer = await confirmed(`Let Azure start ${nameOf(entry)} now?`, io);
    if (answer === null) throw new UsageError("forewarn approve needs --yes: nobody can be asked here");
    if (!answer) return exitCode.failed;
  }
  try {
    const wish = { eventId, shared, ...userOf(io) };
    return tell(await send({ wish, statePath, client, endpoint, metadata }), entry, task);
  } catch (error) {
    if (!(error instanceof StateError)) throw error;
    tellStateError("approve", error, io);
    return stateExitCodes[error.code];
  }
}

function tell({ way, answer }: Sent, entry: ScheduledEventEntry, task: Task): number {
  const { outcome, message } = answer;
  const told = { eventId: entry.eventId, outcome, message, way };
  if (outcome !== "approved") {
    const again =
      outcome === "failed" && way !== "direct" ? " A running agent tries it again until its time comes." : "";
    const text = `forewarn approve: ${nameOf(entry)} is not approved: ${oneLine(message)}${again}\n`;
    return say(outcome === "unanswered" ? exitCode.temporary : exitCode.failed, told, text, task);
  }
  const who = {
    agent: "The running agent has told Azure, and tells its sinks.",
    alone: "No agent is running: it is noted in the state directory, and the next agent tells its sinks.",
    direct: `There is no state directory at ${task.statePath}: Azure was told directly, and no agent knows of it.`,
  }[way];
  const before = message === "" ? "" : ` (${oneLine(message)})`;
  const text = `${nameOf(entry)} is approved${before}: Azure may start it at any moment. ${who}\n`;
  return say(exitCode.ok, told, text, task);
}

/** Says what came of it, as JSON where that was asked for, and returns the exit code. */
function say(code: number, told: object, text: string, { options, io }: Task): number {
  if (options["json"] === true) io.stdout.write(`${JSON.stringify(told, null, 2)}\n`);
  else (code === exitCode.ok ? io.stdout : io.stderr).write(text);
  return code;
}

function nameOf({ eventType, resources, eventId }: ScheduledEventEntry): string {
  return oneLine(`${eventType} of ${listed(resources, 5)} (${cutText(eventId, mostId)})`);
}

function listOf(entries: readonly ScheduledEventEntry[], ownName: string | null, io: Io): string {
  const view = { entries, ownName, now: Date.now() };
  return eventsTable(view, paintFor(io.stderr, io.env), io.stderr.columns || undefined)
    .map((line) => `${line}\n`)
    .join("");
}

/** Who is at the keyboard, as far as the system says. */
function userOf(io: Io): { readonly user?: string } {
  const asked = io.env["SUDO_USER"];
  if (asked !== undefined && asked !== "") return { user: asked };
  try {
    return { user: userInfo().username };
  } catch {
    // A container may run as a user without a name.
    return {};
  }
}
