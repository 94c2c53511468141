import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Clock } from "@forewarn/sdk";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { directory, executable, read } from "./fixtures/commands.ts";

/** The module as it is on Windows, and what it said; nothing here was ever run there. */
async function onWindows() {
  const { endGroup, hasGroups } = await import("./process-group.ts");
  const said: string[] = [];
  const warn = (message: string) => void said.push(message);
  const log = { debug: warn, info: warn, warn, error: warn };
  const clock: Clock = {
    now: () => 0,
    monotonic: () => 0,
    sleep: () => Promise.reject(new Error("Windows waits for nothing")),
  };
  return { hasGroups, said, end: (pid: number) => endGroup(pid, { clock, log }) };
}

describe.runIf(process.platform === "linux")("on Windows, as far as Linux can tell", () => {
  const { platform } = process;
  const { PATH } = process.env;
  beforeEach(() => {
    vi.resetModules();
    Object.defineProperty(process, "platform", { value: "win32" });
    process.env["PATH"] = directory;
  });
  afterEach(() => {
    Object.defineProperty(process, "platform", { value: platform });
    process.env["PATH"] = PATH;
  });

  test("there are no groups, so taskkill ends a command with all that it has started, at once", async () => {
    const command = spawn("/bin/sleep", ["60"]);
    const ended = once(command, "exit");
    executable(`#!/bin/sh\necho "$*" > '${directory}/got'\nkill -9 "$2"\n`, "taskkill");
    const { hasGroups, end, said } = await onWindows();
    await end(command.pid as number);
    expect(await ended).toEqual([null, "SIGKILL"]);
    expect([hasGroups, read("got"), said]).toEqual([false, `/PID ${command.pid} /T /F\n`, []]);
  });

  test("without taskkill it says that the command goes on", async () => {
    const { end, said } = await onWindows();
    await end(999_999);
    expect(said).toEqual(["the command could not be ended: spawn taskkill ENOENT"]);
  });
});
