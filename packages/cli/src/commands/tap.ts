import { setTimeout as sleep } from "node:timers/promises";
import { adminOptions, placeOf } from "../admin/address.ts";
import { AskError, askStatus } from "../admin/ask.ts";
import { follow, type Live } from "../admin/live.ts";
import { type Command, type Given, UsageError } from "../command.ts";
import { tellAskError } from "../errors/tell-ask-error.ts";
import { exitCode } from "../exit-code.ts";
import type { Io } from "../io.ts";
import { createEventPrinter } from "../print/event-printer.ts";
import { untilSignal } from "../signals.ts";

const againMs = 1000;

/** The live stream of the agent on this machine. */
export const tap: Command = {
  name: "tap",
  summary: "Shows the running agent's events as they happen, and which sink has them.",
  options: {
    ...adminOptions,
    types: {
      type: "string",
      value: "GLOBS",
      help: "Only events of these types, between commas; io.forewarn. may be left out. Default: all.",
    },
  },
  examples: [
    ["forewarn tap", "until Ctrl-C"],
    ["forewarn tap --types 'scheduledevent.*'", "only what Azure announces"],
    ["forewarn tap --json | jq .event.type", "one object per event and per delivery"],
  ],
  async run({ options }, io) {
    const types = typesOf(options);
    const place = await placeOf(options, io);
    if (place === null) return exitCode.config;
    if (place.url === null) {
      io.stderr.write(`forewarn tap: admin is off in ${place.from}, so nobody can listen\n`);
      return exitCode.notRunning;
    }
    const ending = untilSignal({ reader: true });
    try {
      if (place.isConfigured) await askStatus(place.url, place.statePath);
      const show = options["json"] === true ? showJson(io) : showLines(io);
      return await listen(place.url, types, { signal: ending.signal, show, io });
    } catch (error) {
      if (!(error instanceof AskError)) throw error;
      tellAskError("tap", error, io);
      return exitCode.notRunning;
    } finally {
      ending.dispose();
    }
  },
};

interface Listening {
  readonly signal: AbortSignal;
  readonly show: (live: Live) => void;
  readonly io: Io;
}

/** Listens until the signal aborts, again and again once somebody has answered; throws `AskError` where nobody does. */
async function listen(
  url: string,
  types: readonly string[],
  { signal, show, io }: Listening,
): Promise<number> {
  let heard = false;
  let lost = false;
  while (!signal.aborted) {
    try {
      for await (const live of follow(url, types, signal)) {
        if (live.kind === "hello" && lost) io.stderr.write("forewarn tap: listening again\n");
        heard = true;
        lost = false;
        show(live);
      }
    } catch (error) {
      if (signal.aborted) break;
      if (!heard) throw error;
    }
    if (signal.aborted) break;
    if (!lost)
      io.stderr.write(
        "forewarn tap: the agent has ended the stream; trying again every second, what happens meanwhile is not shown\n",
      );
    lost = true;
    await sleep(againMs, undefined, { signal }).catch(() => {});
  }
  return exitCode.ok;
}

function showJson(io: Io): (live: Live) => void {
  return (live) => {
    if (live.kind !== "hello") io.stdout.write(`${JSON.stringify(live)}\n`);
  };
}

function showLines(io: Io): (live: Live) => void {
  let printer = createEventPrinter(0, io);
  return (live) => {
    if (live.kind === "hello") {
      printer.end();
      printer = createEventPrinter(live.sinks.length, io);
    } else if (live.kind === "event") printer.stored(live.seq, live.event);
    else printer.delivered(live.sink, live);
  };
}

function typesOf({ types }: Given["options"]): readonly string[] {
  if (typeof types !== "string") return [];
  const globs = types.split(",").map((glob) => glob.trim());
  if (globs.includes("")) throw new UsageError("--types takes types between commas: scheduledevent.*,sink.*");
  return globs.map((glob) => (/^(io\.|\*)/.test(glob) ? glob : `io.forewarn.${glob}`));
}
