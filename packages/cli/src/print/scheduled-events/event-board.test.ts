import { ImdsError } from "@forewarn/imds";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { entryOf, nineOClock } from "../../fixtures/entries.ts";
import { createTerminal } from "../../fixtures/terminal.ts";
import { eventBoard } from "./event-board.ts";

beforeEach(() => {
  vi.stubEnv("TZ", "UTC");
  vi.useFakeTimers({ now: nineOClock });
});
afterEach(() => void vi.useRealTimers());

const id = entryOf().eventId;
const timeout = new ImdsError(
  "GET http://imds/metadata/scheduledevents had no whole answer within 10000 ms.",
  {
    code: "timeout",
    path: "",
    retryable: true,
  },
);

function board(columns = 120, rows = 24) {
  const terminal = createTerminal(columns);
  const stdout = { write: (text: string) => terminal.write(text), isTTY: true, columns, rows };
  const screen = eventBoard({ stdout, stderr: stdout, env: {}, cwd: "/" });
  const seen = (entries = [entryOf()], ...changes: Parameters<typeof screen.seen>[1]) =>
    screen.seen({ entries, ownName: "web-01", now: Date.now() }, changes);
  return { screen, seen, lines: terminal.lines, stdout };
}

test("a table in its place, its time running down every second, and a free line for the cursor", () => {
  const { screen, seen, lines } = board();
  expect(lines()).toEqual(["Scheduled events, 2026-11-28 09:00:00. Ctrl-C ends.", ""]);
  seen([entryOf({ notBefore: nineOClock + 20_000 })]);
  vi.advanceTimersByTime(5000);
  expect(lines()).toEqual([
    "Scheduled events of web-01, 2026-11-28 09:00:05. Ctrl-C ends.",
    "WHAT    VM                STATUS     WHEN      IN    LASTS  BY        EVENT ID",
    `Reboot  web-01 (this VM)  Scheduled  09:00:20  15 s  ?      Platform  ${id}`,
    "",
  ]);
  seen([]);
  screen.end();
  expect(lines().slice(1)).toEqual(["No scheduled events now.", ""]);
  vi.advanceTimersByTime(5000);
  expect(lines()[0]).toContain("09:00:05");
});

test("trouble stands below the table, which stays, and says of when it is", () => {
  const { screen, seen, lines } = board();
  seen();
  screen.failed(timeout, nineOClock, nineOClock - 10_000);
  vi.advanceTimersByTime(2000);
  screen.asking(Date.now());
  vi.advanceTimersByTime(4000);
  expect(lines().slice(2)).toEqual([
    `Reboot  web-01 (this VM)  Scheduled  09:15:00  15 min  ?      Platform  ${id}`,
    "",
    "IMDS: no good answer for 16 s; asked 4 s ago, no answer yet; the table is of 2026-11-28 09:00:00",
    "GET http://imds/metadata/scheduledevents had no whole answer within 10000 ms.",
    "",
  ]);
  screen.recovered(Date.now(), 16_000);
  seen();
  expect(lines()).toHaveLength(4);
});

test("a slow answer is said before it is trouble", () => {
  const { screen, lines } = board(60);
  screen.asking(Date.now());
  vi.advanceTimersByTime(2000);
  expect(lines()).toHaveLength(2);
  vi.advanceTimersByTime(2000);
  expect(lines().slice(1)).toEqual(["", "IMDS: asked 4 s ago, no answer yet", ""]);
});

test("the newest changes stand below; what was there at first is none", () => {
  const { seen, lines } = board();
  seen([entryOf()], { change: "present", entry: entryOf() });
  for (let round = 0; round < 7; round++) {
    vi.advanceTimersByTime(1000);
    seen([], { change: "gone", entry: entryOf({ eventId: `E${round}` }) });
  }
  expect(lines().slice(2, -1)).toEqual([
    "",
    ...[2, 3, 4, 5, 6].map(
      (round) =>
        `2026-11-28 09:00:0${round + 1}  GONE      Reboot of web-01 (this VM), it was Scheduled; E${round}`,
    ),
  ]);
});

test("what does not fit is left out and not scrolled away, and a terminal that becomes narrower is cleaned up", () => {
  const { seen, lines, stdout } = board(120, 8);
  const many = Array.from({ length: 40 }, (_, index) => entryOf({ eventId: `E${index}` }));
  seen(many);
  expect(lines()).toHaveLength(6);
  expect(lines().at(-2)).toBe("…");
  stdout.columns = 40;
  seen(many.slice(0, 1));
  expect(lines().slice(-4)).toEqual([
    "Scheduled events of web-01, 2026-11-28…",
    "Reboot Scheduled, 09:15:00 (in 15 min)…",
    "  lasts ?, by Platform, E0",
    "",
  ]);
});
