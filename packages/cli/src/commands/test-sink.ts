import { hostname } from "node:os";
import {
  createRedactor,
  openArchive,
  type Receipt,
  StateError,
  testSamples,
  type Trial,
  trySink,
} from "@forewarn/agent";
import { type ForewarnEvent, formatDuration, nearest, oneLine } from "@forewarn/sdk";
import { type Command, UsageError } from "../command.ts";
import type { Settings } from "../config/settings.ts";
import { exitCode } from "../exit-code.ts";
import { type Paint, paintFor } from "../log/color.ts";
import { createLogger } from "../log/logger.ts";
import { logUncaught } from "../log/uncaught.ts";
import { configOption, loadSettings } from "./given/configuration.ts";

const exitCodes: Readonly<Record<Receipt["outcome"], number>> = {
  delivered: exitCode.ok,
  rejected: exitCode.failed,
  hung: exitCode.failed,
  retry: exitCode.temporary,
  misconfigured: exitCode.config,
};

/** What each outcome would mean in a run, and what to do. */
const cures: Readonly<Record<Exclude<Receipt["outcome"], "delivered">, string>> = {
  rejected:
    "In a run this event would become a dead letter. Make the destination take it, or leave such events out with `when`.",
  retry:
    "In a run it would be tried again until it arrives. See whether the destination is up and reachable.",
  misconfigured:
    "In a run the sink would be paused and its events kept. Correct the option that the message names: address, credentials, certificate.",
  hung: "In a run it would be given up and tried again. The sink does not obey its signal: that is a fault of the sink's code.",
};

/** Sends a test event to one sink. */
export const testSink: Command = {
  name: "test-sink",
  summary: "Sends one event, marked as a test, to a sink of the configuration, and shows the receipt.",
  args: "NAME",
  options: {
    sample: {
      type: "string",
      value: "KIND",
      choices: testSamples,
      help: `${testSamples.join(", ")}. Default preempt.`,
    },
    ...configOption,
  },
  examples: [
    ["forewarn test-sink ops", "exit 0 delivered, 1 rejected, 75 would be tried again, 78 misconfigured"],
    ["forewarn test-sink ops --sample reboot", "the announcement of a reboot in 15 minutes"],
    ["forewarn test-sink ops --json", "the receipt and the event, for programs"],
  ],
  async run({ options, args }, io) {
    const [name, ...more] = args;
    if (name === undefined || more.length > 0)
      throw new UsageError("forewarn test-sink takes one NAME of a sink");
    const sample = (options["sample"] ?? "preempt") as Trial["sample"];
    const settings = await loadSettings(options, io);
    if (settings === null) return exitCode.config;
    const sink = sinkOf(settings, name);
    const log = createLogger({ ...settings.log, level: "warn" }, io, createRedactor(sink.secrets));
    logUncaught(log);
    const receipt = await trySink(name, settings, {
      sample,
      observer: observerOf(settings),
      log,
      environment: io.env,
    });
    io.stdout.write(
      options["json"] === true
        ? jsonOf(name, sink.type, receipt)
        : textOf(`${name} (${sink.type})`, sample, receipt, paintFor(io.stdout, io.env)),
    );
    return exitCodes[receipt.outcome];
  },
};

function sinkOf({ sinks, file }: Settings, name: string): Settings["sinks"][number] {
  const found = sinks.find((sink) => sink.name === name);
  if (found !== undefined) return found;
  const names = sinks.map((sink) => sink.name);
  const near = nearest(name, names);
  throw new UsageError(
    `${file} has no sink ${JSON.stringify(name)}: ${near === undefined ? `it has ${names.join(", ")}` : `did you mean ${near}?`}`,
  );
}

/** This VM as the agent knows it; where no agent ever ran here, only its name. */
function observerOf({ state }: Settings): Trial["observer"] {
  try {
    using archive = openArchive(state.path);
    return archive.observer() ?? { name: hostname() };
  } catch (error) {
    if (!(error instanceof StateError)) throw error;
    return { name: hostname() };
  }
}

function textOf(sink: string, sample: string, receipt: Receipt, paint: Paint): string {
  const { outcome, ms, message = "", status, excerpt, wanted } = receipt;
  const took = formatDuration(ms);
  const unwanted = wanted
    ? ""
    : `  note: the sink's \`when\` leaves such events out: in a run it would not get this one.\n`;
  if (outcome === "delivered")
    return `${paint("green", "✓")} ${sink} has the test event (${sample}) after ${took}.\n${unwanted}`;
  const answer = excerpt === undefined ? "" : `  answer: ${oneLine(excerpt)}\n`;
  const told = `${oneLine(message)}${status === undefined || message.includes(String(status)) ? "" : ` (status ${status})`}`;
  return `${paint("red", "✗")} ${sink}: ${paint("red", outcome)} after ${took}: ${told}\n${answer}  ${cures[outcome]}\n${unwanted}`;
}

function jsonOf(
  sink: string,
  type: string,
  { event, message, status, excerpt, ...receipt }: Receipt,
): string {
  const ms = Math.round(receipt.ms);
  const parts = { message: message ?? null, status: status ?? null, excerpt: excerpt ?? null };
  const cure = receipt.outcome === "delivered" ? null : cures[receipt.outcome];
  const told = { sink, type, ...receipt, ms, ...parts, cure, event: JSON.parse(event) as ForewarnEvent };
  return `${JSON.stringify(told, null, 2)}\n`;
}
