import { afterEach, expect, test, vi } from "vitest";
import { type Ending, untilSignal } from "./signals.ts";

let ending: Ending | undefined;
afterEach(() => ending?.dispose());

/** What a handler of Node is called with, without a signal being sent. */
const send = (name: NodeJS.Signals, number: number) =>
  (process as NodeJS.EventEmitter).emit(name, name, number);

const terminal = Object.getOwnPropertyDescriptor(process.stdin, "isTTY");
function withTerminal(isTTY: boolean): void {
  Object.defineProperty(process.stdin, "isTTY", { value: isTTY, configurable: true });
}
afterEach(() => {
  if (terminal === undefined) Reflect.deleteProperty(process.stdin, "isTTY");
  else Object.defineProperty(process.stdin, "isTTY", terminal);
});

test.each([
  ["SIGINT", "linux"],
  ["SIGTERM", "linux"],
  ["SIGINT", "win32"],
  ["SIGBREAK", "win32"],
] as const)("%s asks for the end on %s", (name, platform) => {
  ending = untilSignal({ reader: false, platform });
  send(name, 2);
  expect(ending.signal.aborted).toBe(true);
});

test.each([
  ["a service on Linux or macOS: the configuration is read again", "darwin", false, "reload"],
  ["a terminal that is gone", "linux", true, "end"],
  ["the console of Windows that closes", "win32", false, "end"],
] as const)("SIGHUP means %s", (_, platform, isTTY, meaning) => {
  withTerminal(isTTY);
  const hangup = vi.fn<() => void>();
  ending = untilSignal({ reader: false, hangup, platform });
  send("SIGHUP", 1);
  expect([hangup.mock.calls.length, ending.signal.aborted]).toEqual(
    meaning === "reload" ? [1, false] : [0, true],
  );
});

test("SIGBREAK is nothing but on Windows, and nothing is listened for afterwards", () => {
  const before = process.listenerCount("SIGBREAK") + process.listenerCount("SIGTERM");
  ending = untilSignal({ reader: true, platform: "linux" });
  expect(send("SIGBREAK", 21)).toBe(false);
  ending.dispose();
  expect(process.listenerCount("SIGBREAK") + process.listenerCount("SIGTERM")).toBe(before);
});
