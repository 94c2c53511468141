import { type Envelope, type Telemetry } from "@forewarn/agent";
import { EventEmitter } from "eventemitter3";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { printEvents } from "./print-events.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const envelope = (seq: number, vm: string) =>
  ({
    seq,
    event: {
      type: "io.forewarn.agent.started",
      time: "2026-11-22T12:00:00.000Z",
      severitytext: "INFO",
      data: { vm: { name: vm } },
    },
  }) as unknown as Envelope;

function printing(sinks: number, json = false) {
  let text = "";
  const telemetry = new EventEmitter() as Telemetry;
  const io = {
    stdout: { write: (more: string) => (text += more) },
    stderr: { write: () => {} },
    env: {},
    cwd: "/",
  };
  const end = printEvents(telemetry, sinks, io, json);
  return {
    end,
    append: (...envelopes: Envelope[]) => telemetry.emit("appended", envelopes),
    deliver: (sink: string, one: Envelope) =>
      telemetry.emit("delivered", { sink, envelopes: [one], attempt: 1, ms: 1 }),
    text: () => text.replaceAll(/\d\d:\d\d:\d\d/g, "TIME"),
  };
}

const [first, second] = [envelope(1, "a"), envelope(2, "b")];
const line = (vm: string, receipts: string) =>
  `TIME  AGENT STARTED watching ${vm}\n${" ".repeat(24)}→ ${receipts}\n`;

test("an event is printed when every sink has it, with how long each took", () => {
  const { append, deliver, text } = printing(2);
  append(first);
  vi.advanceTimersByTime(3);
  deliver("file", first);
  expect(text()).toBe("");
  vi.advanceTimersByTime(4);
  deliver("hook", first);
  expect(text()).toBe(line("a", "file (3 ms), hook (7 ms)"));
});

test("events are printed in the order of the outbox", () => {
  const { append, deliver, text } = printing(2);
  append(first, second);
  deliver("file", first);
  deliver("file", second);
  deliver("hook", second);
  expect(text()).toBe(line("a", "file (0 ms)") + line("b", "file (0 ms), hook (0 ms)"));
});

test("a sink that is late gets a line of its own", () => {
  const { append, deliver, text } = printing(2);
  append(first);
  deliver("file", first);
  vi.advanceTimersByTime(500);
  deliver("hook", first);
  expect(text()).toBe(`${line("a", "file (0 ms)")}${" ".repeat(24)}→ hook (500 ms): AGENT STARTED of TIME\n`);
});

test("what is still waiting is printed at the end, and what no sink has is not", () => {
  const { append, deliver, end, text } = printing(2);
  append(first, second);
  deliver("file", second);
  end();
  expect(text()).toBe(line("b", "file (0 ms)"));
});

test("json is one object per delivery", () => {
  const { append, deliver, end, text } = printing(2, true);
  append(first);
  deliver("file", first);
  end();
  expect(JSON.parse(text())).toMatchObject({ sink: "file", ms: 0, event: { severitytext: "INFO" } });
});
