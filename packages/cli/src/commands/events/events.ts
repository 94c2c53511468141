import { systemClock } from "@forewarn/agent";
import { oneLine } from "@forewarn/sdk";
import type { Command, Given } from "../../command.ts";
import { exitCode } from "../../exit-code.ts";
import type { Io } from "../../io.ts";
import { paintFor } from "../../log/color.ts";
import { explainSilence } from "../../log/silence.ts";
import { eventBoard } from "../../print/scheduled-events/event-board.ts";
import { eventLines, eventObjects } from "../../print/scheduled-events/event-lines.ts";
import type { EventScreen } from "../../print/scheduled-events/event-screen.ts";
import { eventsTable } from "../../print/scheduled-events/events-table.ts";
import { entryJson } from "../../print/scheduled-events/scheduled-entry.ts";
import { untilSignal } from "../../signals.ts";
import { askImds } from "../given/asking.ts";
import { endpointOption } from "../given/endpoint.ts";
import { ownNameOf, watchEvents } from "./watch-events.ts";

/** Shows what Azure announces. */
export const events: Command = {
  name: "events",
  summary: "Shows the scheduled events that Azure announces now; --watch goes on.",
  options: {
    watch: {
      type: "boolean",
      short: "w",
      help: "Ask every second: a table that stays up to date on a terminal, else a line per change.",
    },
    ...endpointOption,
  },
  examples: [
    ["forewarn events", "a table, what affects this VM first"],
    ["forewarn events --watch", "until Ctrl-C"],
    ["forewarn events --json", "for programs"],
    ["forewarn events --watch --json | jq -c 'select(.event.affectsSelf)'", "one object per change"],
  ],
  run: async ({ options }, io) => {
    const heard = explainSilence((text) => {
      if (options["watch"] !== true || !onTerminal(options, io))
        io.stderr.write(`forewarn events: ${text}\n`);
    });
    try {
      return await (options["watch"] === true ? watch : once)(options, io, heard);
    } finally {
      heard();
    }
  },
};

type Show = (options: Given["options"], io: Io, heard: () => void) => Promise<number>;

const once: Show = (options, io, heard) =>
  askImds({ command: "events", options }, io, async (client) => {
    const [document, ownName] = await Promise.all([client.scheduledEvents(), ownNameOf(client)]);
    heard();
    for (const warning of document.warnings) io.stderr.write(`forewarn events: ${oneLine(warning)}\n`);
    const { incarnation, events: entries } = document;
    const table = () =>
      eventsTable(
        { entries, ownName, now: Date.now() },
        paintFor(io.stdout, io.env),
        io.stdout.columns || undefined,
      );
    io.stdout.write(
      options["json"] === true
        ? `${JSON.stringify({ incarnation, vm: ownName, events: entries.map((entry) => entryJson(entry, ownName)) }, null, 2)}\n`
        : table()
            .map((line) => `${line}\n`)
            .join(""),
    );
    if (entries.length > 0 && ownName === null)
      io.stderr.write(
        "forewarn events: which of them affect this VM is not known: IMDS does not tell its name now (forewarn imds instance/compute/name)\n",
      );
    return exitCode.ok;
  });

const watch: Show = (options, io, heard) =>
  askImds({ command: "events", options }, io, async (client) => {
    const ending = untilSignal({ reader: true });
    try {
      const screen = withFirst(screenFor(options, io), heard);
      return await watchEvents({ client, clock: systemClock, screen, signal: ending.signal });
    } finally {
      ending.dispose();
    }
  });

function onTerminal(options: Given["options"], io: Io): boolean {
  return options["json"] !== true && io.stdout.isTTY === true && io.env["TERM"] !== "dumb";
}

function screenFor(options: Given["options"], io: Io): EventScreen {
  if (options["json"] === true) return eventObjects(io);
  return onTerminal(options, io) ? eventBoard(io) : eventLines(io);
}

/** A screen that also says when the first answer of any kind is there. */
function withFirst(screen: EventScreen, heard: () => void): EventScreen {
  return {
    ...screen,
    seen(...seen) {
      heard();
      screen.seen(...seen);
    },
    failed(...failed) {
      heard();
      screen.failed(...failed);
    },
  };
}
