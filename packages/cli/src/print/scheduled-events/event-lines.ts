import type { ImdsError } from "@forewarn/imds";
import { formatDuration, oneLine } from "@forewarn/sdk";
import type { Io } from "../../io.ts";
import { localTime } from "../local-time.ts";
import { changeText } from "./event-change.ts";
import type { EventScreen } from "./event-screen.ts";
import { entryJson } from "./scheduled-entry.ts";

/** A watch as lines: what changes on stdout, trouble with IMDS on stderr, each streak of it once. */
export function eventLines(io: Io): EventScreen {
  let first = true;
  let inTrouble = false;
  const complain = (now: number, text: string) => io.stderr.write(`${localTime(now)}  ${text}\n`);
  return {
    asking() {},
    seen({ ownName, now }, changes) {
      if (first && changes.length === 0) io.stdout.write(`${localTime(now)}  No scheduled events now.\n`);
      first = false;
      for (const change of changes)
        io.stdout.write(`${localTime(now)}  ${changeText(change, ownName, now)}\n`);
    },
    failed({ message }, now) {
      if (!inTrouble) complain(now, `NO ANSWER ${oneLine(message)}`);
      inTrouble = true;
    },
    recovered(now, afterMs) {
      inTrouble = false;
      complain(now, `ANSWERS   again, after ${formatDuration(afterMs)}`);
    },
    end() {},
  };
}

/** A watch for programs: one JSON object per change, also where IMDS does not answer and answers again. */
export function eventObjects(io: Io): EventScreen {
  let trouble: ImdsError["code"] | null = null;
  const write = (now: number, object: object) =>
    io.stdout.write(`${JSON.stringify({ time: new Date(now).toISOString(), ...object })}\n`);
  return {
    asking() {},
    seen({ ownName, now }, changes) {
      for (const { change, entry, was } of changes)
        write(now, {
          change,
          event: entryJson(entry, ownName),
          ...(was === undefined ? {} : { was: wasJson(was) }),
        });
    },
    failed({ code, message }, now) {
      if (trouble !== code) write(now, { change: "unanswered", code, message });
      trouble = code;
    },
    recovered(now, afterMs) {
      trouble = null;
      write(now, { change: "answered", afterMs: Math.round(afterMs) });
    },
    end() {},
  };
}

function wasJson(was: Readonly<Record<string, unknown>>): object {
  const { notBefore } = was;
  return typeof notBefore === "number" ? { ...was, notBefore: new Date(notBefore).toISOString() } : was;
}
