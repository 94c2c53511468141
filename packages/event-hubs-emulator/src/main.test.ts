import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

import { produce } from "./fixtures/clients.ts";

const main = fileURLToPath(new URL("main.ts", import.meta.url));
const bin = fileURLToPath(new URL("../bin/event-hubs-emulator.js", import.meta.url));
const cleanExit = fileURLToPath(new URL("fixtures/clean-exit.ts", import.meta.url));

function start(args: readonly string[]) {
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
  const said = { out: "", err: "" };
  child.stdout.on("data", (chunk: Buffer) => (said.out += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (said.err += chunk.toString()));
  return { child, said, exit: once(child, "close") };
}

test.each(["SIGINT", "SIGTERM"] as const)(
  "%s ends it with 0, also with a client connected",
  async (signal) => {
    const { child, said, exit } = start([main, "--port", "0"]);
    while (!said.out.includes("Ctrl+C")) await once(child.stdout, "data");
    const connectionString = /^Endpoint=.*$/m.exec(said.out)?.[0] ?? "";
    await produce(connectionString).sendBatch([{ body: "x" }]);
    child.kill(signal);
    expect(await exit).toEqual([0, null]);
    expect(said.err).toBe("");
  },
);

test("closing leaves nothing that keeps a process alive", async () => {
  const { said, exit } = start([cleanExit]);
  expect(await exit).toEqual([0, null]);
  expect(said).toEqual({ out: "closed\n", err: "" });
});

test("an old Node.js is told which one is needed", async () => {
  const older = 'data:text/javascript,Object.defineProperty(process.versions,"node",{value:"24.10.1"})';
  const { said, exit } = start(["--import", older, bin, "--help"]);
  expect(await exit).toEqual([1, null]);
  expect(said.err).toBe("event-hubs-emulator needs Node.js 24.11 or newer, this is 24.10.1.\n");
});
