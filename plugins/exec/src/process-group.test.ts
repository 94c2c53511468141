import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  errorOf,
  isGone,
  membersOf,
  numberIn,
  open,
  pathOf,
  program,
  read,
  script,
  until,
  zombies,
} from "./fixtures/commands.ts";

const linux = process.platform === "linux";

const reason = new Error("time is up");

/** Runs a command until it has written its ids, aborts it, and says what came of it, and how long it took. */
async function aborted(command: string, ...files: readonly string[]) {
  const abort = new AbortController();
  const { deliver, said, lines } = await open({ command });
  const result = errorOf(deliver(undefined, abort.signal));
  const pids = await Promise.all(files.map(numberIn));
  const began = performance.now();
  abort.abort(reason);
  const error = await result;
  return { error, ms: performance.now() - began, pids, said, lines };
}

describe.runIf(linux)("an abort", () => {
  it("before the start starts nothing and keeps its reason", async () => {
    const { errorOf } = await open({ command: script("echo ran > got") });
    expect(await errorOf(undefined, AbortSignal.abort(reason))).toBe(reason);
    expect(existsSync(pathOf("got"))).toBe(false);
  });

  it("ends the command and everything that it has started", async () => {
    const command = script(`
      (sleep 60 & echo $! > one; wait) &
      sh -c 'sleep 60 & echo $! > two; sleep 60' > /dev/null 2>&1 < /dev/null &
      echo $! > three
      echo $$ > own
      wait`);
    const { error, pids } = await aborted(command, "own", "one", "two", "three");
    expect(error).toBe(reason);
    expect(pids.filter((pid) => !isGone(pid))).toEqual([]);
    expect(zombies()).toEqual([]);
  });

  it("lets a command clean up, and waits for it, but not for its exit code", async () => {
    const command = script(
      "trap 'sleep 0.1; echo cleaned > got; exit 0' TERM; echo $$ > own; while :; do sleep 0.01; done",
    );
    const { error } = await aborted(command, "own");
    expect(error).toBe(reason);
    expect(read("got")).toBe("cleaned\n");
  });

  it("lets what a shell has started clean up, though the shell itself ends at once", async () => {
    const child = program(
      `process.on("SIGTERM", () => setTimeout(() => { fs.writeFileSync("got", "cleaned"); process.exit(); }, 300));
       setTimeout(() => {}, 60_000);
       fs.writeFileSync("child", process.pid + "\\n");`,
      "child.mjs",
    );
    await aborted(script(`${child} & echo $$ > own; wait`), "own", "child");
    expect(read("got")).toBe("cleaned");
  });

  it("ends the hard way what does not listen, within the second that the agent waits", async () => {
    const deaf =
      "trap '' TERM; echo $$ > own; (trap '' TERM; sh -c 'echo $$ > inner; while :; do sleep 1; done') & wait; while :; do sleep 1; done";
    const { error, pids, ms } = await aborted(script(deaf), "own", "inner");
    expect(error).toBe(reason);
    expect(ms).toBeGreaterThanOrEqual(450);
    await until(() => pids.every(isGone), "all to be gone");
    expect(zombies()).toEqual([]);
  });

  it("ends a stopped command", async () => {
    const { error, pids } = await aborted(script("echo $$ > own; kill -STOP $$"), "own");
    expect(error).toBe(reason);
    await until(() => pids.every(isGone), "it to be gone");
  });

  it("ends whatever multiplies", async () => {
    const command = script(`
      echo $$ > own
      multiply() { for i in 1 2 3; do ( [ "$1" -gt 0 ] && multiply $(($1 - 1)); sleep 60 ) & done; }
      multiply 2
      wait`);
    const abort = new AbortController();
    const { deliver } = await open({ command });
    const result = errorOf(deliver(undefined, abort.signal));
    const own = await numberIn("own");
    await until(() => membersOf(own).length >= 40, "40 processes");
    abort.abort(reason);
    expect(await result).toBe(reason);
    expect(membersOf(own)).toEqual([]);
    expect(zombies()).toEqual([]);
  });

  it("does not wait for what has left the group and holds the output", async () => {
    const command = script("setsid sh -c 'echo $$ > away; exec sleep 60' & echo $$ > own; wait");
    const { error, pids } = await aborted(command, "away", "own");
    expect(error).toBe(reason);
    expect(isGone(pids[0] as number)).toBe(false);
    process.kill(pids[0] as number, "SIGKILL");
  });

  it("still has the output of the command in the log", async () => {
    const command = script(
      "trap 'echo interrupted; exit 1' TERM; echo begun; echo $$ > own; while :; do sleep 0.01; done",
    );
    const { said } = await aborted(command, "own");
    expect(said().filter((line) => line.startsWith("stdout"))).toEqual([
      "stdout: begun",
      "stdout: interrupted",
    ]);
  });
});

describe.runIf(linux && process.getuid?.() === 0)("a command that runs as another user", () => {
  it("cannot be ended by an agent without rights, which is said", async () => {
    const command = program(
      `process.setuid(12_345); setInterval(() => {}, 1000); console.log("ready");`,
      "other.mjs",
    );
    const abort = new AbortController();
    const { deliver, lines, said } = await open({ command });
    const result = errorOf(deliver(undefined, abort.signal));
    await until(() => said().includes("stdout: ready"), "the command");
    process.seteuid?.(65_534);
    try {
      abort.abort(reason);
      await until(() => lines.length === 2, "the warning");
    } finally {
      process.seteuid?.(0);
    }
    const { level, message, fields } = lines[1] ?? {};
    expect([level, message]).toEqual([
      "warn",
      "the command runs as another user and cannot be ended by the agent: it goes on",
    ]);
    process.kill(Number(fields?.["pid"]), "SIGKILL");
    expect(await result).toBe(reason);
  });
});

describe.runIf(linux)("a command that has ended", () => {
  it("settles though what it left in the background holds its output, and leaves that alone", async () => {
    const left = "while [ ! -e go ]; do echo waiting; sleep 0.05; done; echo too late; echo all > got";
    const { deliver, said } = await open({ command: script(`(${left}) & echo done`) });
    await deliver();
    expect(said()).toContain("stdout: done");
    expect(existsSync(pathOf("got"))).toBe(false);
    const before = said();
    writeFileSync(pathOf("go"), "");
    await until(() => existsSync(pathOf("got")), "the one in the background");
    expect(said()).toEqual(before);
    expect(zombies()).toEqual([]);
  });

  it("is reaped, run after run", async () => {
    const { deliver, errorOf } = await open({
      command: script('[ "$FOREWARN_ATTEMPT" = 1 ] && exit 1; kill $$'),
    });
    for (let run = 0; run < 5; run++) await errorOf();
    await deliver().catch(() => {});
    expect(zombies()).toEqual([]);
  });
});

describe.runIf(linux)("close", () => {
  it("ends what runs, and resolves when it has ended", async () => {
    const { sink, errorOf } = await open({
      command: script("echo $$ > own; sleep 60 & echo $! > child; wait"),
    });
    const result = errorOf();
    const pids = [await numberIn("own"), await numberIn("child")];
    await sink.close?.();
    expect(pids.every(isGone)).toBe(true);
    expect(await result).toMatchObject({ message: "the sink was closed" });
    await expect(sink.close?.()).resolves.toBeUndefined();
  });

  it("leaves no listener and no timer of a run", async () => {
    const before = process.listenerCount("exit");
    const { deliver, sink } = await open({ command: script("exit 0") });
    await deliver();
    await sink.close?.();
    expect(process.listenerCount("exit")).toBe(before);
  });
});

describe.runIf(linux)("a process that ends while a command runs", () => {
  const host = async (how: string): Promise<ChildProcess> => {
    const command = script("echo $$ > own; sleep 60 & echo $! > child; wait");
    const child = spawn(
      process.execPath,
      ["--conditions=@forewarn/source", join(import.meta.dirname, "fixtures/host.ts"), command, how],
      { stdio: "ignore" },
    );
    return child;
  };

  it.each(["process.exit", "uncaught"])("by %s takes it along", async (how) => {
    const child = await host(how);
    const pids = [await numberIn("own"), await numberIn("child")];
    const [code] = (await once(child, "exit")) as [number];
    expect(code).not.toBe(0);
    await until(() => pids.every(isGone), "the command to end");
  });
});
