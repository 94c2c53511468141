import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

import { ask, EVENTS } from "./testing/ask.ts";

const main = fileURLToPath(new URL("main.ts", import.meta.url));
const bin = fileURLToPath(new URL("../bin/imds-simulator.js", import.meta.url));

function start(args: readonly string[]) {
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
  const said = { out: "", err: "" };
  child.stdout.on("data", (chunk: Buffer) => (said.out += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (said.err += chunk.toString()));
  return { child, said, exit: once(child, "close") };
}

test.each(["SIGINT", "SIGTERM"] as const)(
  "%s ends it with 0, promptly, in the middle of all",
  async (signal) => {
    const { child, said, exit } = start([main, "--listen", "127.0.0.1:0", "--scenario", "demo", "--loop"]);
    while (!said.out.includes("Scenario")) await once(child.stdout, "data");
    const url = /simulated: (\S+)/.exec(said.out)?.[1] ?? "";
    expect(await ask({ url }, EVENTS)).toMatchObject({ status: 200 });
    const began = performance.now();
    child.kill(signal);
    expect(await exit).toEqual([0, null]);
    expect(performance.now() - began).toBeLessThan(1500);
    expect(said.err).toBe("");
  },
);

test("it ends when the reader of its output is gone", async () => {
  const { child, exit } = start([
    main,
    "--listen",
    "127.0.0.1:0",
    "--scenario",
    "demo",
    "--time-scale",
    "100",
  ]);
  await once(child.stdout, "data");
  child.stdout.destroy();
  expect(await exit).toEqual([0, null]);
});

test("an old Node.js is told which one is needed", async () => {
  const older = 'data:text/javascript,Object.defineProperty(process.versions,"node",{value:"24.10.1"})';
  const { said, exit } = start(["--import", older, bin, "--help"]);
  expect(await exit).toEqual([1, null]);
  expect(said.err).toBe("imds-simulator needs Node.js 24.11 or newer, this is 24.10.1.\n");
});
