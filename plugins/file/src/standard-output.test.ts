import { fork } from "node:child_process";
import { once } from "node:events";
import { openSync } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { describe, expect, it, onTestFinished } from "vitest";
import { file } from "./file.ts";
import { defaults } from "./fixtures/defaults.ts";
import type { Order, Report } from "./fixtures/output-process.ts";

const textOf = (id: string, size = 0) => JSON.stringify({ id, data: "Ünï € 😀", pad: "x".repeat(size) });

/** A process with the sink on its standard output: a pipe, or a file that is open. */
async function start(stdout: "pipe" | number = "pipe") {
  const program = join(import.meta.dirname, "fixtures", "output-process.ts");
  const child = fork(program, {
    execArgv: ["--conditions=@forewarn/source"],
    stdio: ["ignore", stdout, "inherit", "ipc"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  await once(child, "message");
  const order = async (order: Order): Promise<Report> => {
    child.send(order);
    const [report] = (await once(child, "message")) as [Report];
    return report;
  };
  const output = child.stdout as Readable;
  let text = "";
  const read = () => {
    if (!output.readableFlowing) output.setEncoding("utf8").on("data", (part: string) => (text += part));
  };
  return {
    /** Begins to read. */
    read,
    leave: () => void output.destroy(),
    deliver: (id: string, encoded: readonly string[], timeoutMs = 10_000) =>
      order({ deliver: { id, encoded }, timeoutMs }),
    probe: () => order({ timeoutMs: 10_000 }),
    /** Ends the process and returns all that was read. */
    async end(): Promise<string> {
      read();
      child.disconnect();
      await once(output, "end");
      return text;
    },
  };
}

describe("a reader", () => {
  it("gets each event as one line, as it is stored", async () => {
    const { deliver, probe, end } = await start();
    expect(await probe()).toMatchObject({ ticks: expect.any(Number) as number });
    expect((await deliver("a", [textOf("1"), textOf("2")])).error).toBeUndefined();
    expect((await deliver("b", [textOf("3")])).error).toBeUndefined();
    expect(await end()).toBe(["1", "2", "3"].map((id) => `${textOf(id)}\n`).join(""));
  });

  it("that is slow holds up this sink alone: nothing more is written, and nothing twice", async () => {
    const { deliver, end } = await start();
    const large = [textOf("1", 1_000_000)];
    const { error, ticks } = await deliver("a", large, 300);
    expect(error?.name).toBe("TimeoutError");
    // The process has gone on with its other work.
    expect(ticks).toBeGreaterThan(5);
    expect((await deliver("a", large, 50)).error?.name).toBe("TimeoutError");
    expect((await deliver("b", [textOf("2")], 50)).error?.name).toBe("TimeoutError");
    expect((await end()) === `${large[0]}\n`).toBe(true);
  });

  it.each(["before", "after"])(
    "that comes back %s the next attempt gets everything once, in order",
    async (when) => {
      const { deliver, read, end } = await start();
      const large = [textOf("1", 1_000_000)];
      expect((await deliver("a", large, 50)).error?.name).toBe("TimeoutError");
      if (when === "before") {
        read();
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
      const again = deliver("a", large);
      read();
      expect((await again).error).toBeUndefined();
      expect((await deliver("b", [textOf("2")])).error).toBeUndefined();
      expect((await end()) === `${large[0]}\n${textOf("2")}\n`).toBe(true);
    },
  );

  it("that comes back late gets another batch behind the one that was given up", async () => {
    const { deliver, read, end } = await start();
    const large = [textOf("1", 1_000_000)];
    expect((await deliver("a", large, 50)).error?.name).toBe("TimeoutError");
    const other = deliver("b", [textOf("2")]);
    read();
    expect((await other).error).toBeUndefined();
    expect((await end()) === `${large[0]}\n${textOf("2")}\n`).toBe(true);
  });

  it("that has gone needs a person", async () => {
    const { deliver, probe, leave } = await start();
    leave();
    // What the pipe still takes counts: nobody can know that it is not read.
    let report = await deliver("a", [textOf("1")]);
    for (let n = 0; n < 20 && report.error === undefined; n += 1) report = await deliver("a", [textOf("1")]);
    const wanted = {
      code: "FOREWARN_MISCONFIGURED",
      message:
        "nobody reads standard output any more (EPIPE): start the agent again, with a reader that stays",
    };
    expect(report.error).toMatchObject(wanted);
    expect((await deliver("b", [textOf("2")])).error).toMatchObject({ code: "FOREWARN_MISCONFIGURED" });
    expect((await probe()).error).toMatchObject({ code: "FOREWARN_MISCONFIGURED" });
  });
});

it("a full disk behind standard output is tried again", async () => {
  const { deliver } = await start(openSync("/dev/full", "w"));
  for (const id of ["a", "b"]) {
    expect((await deliver(id, [textOf("1")])).error).toMatchObject({
      code: "FOREWARN_RETRY",
      message: expect.stringMatching(/^cannot write to standard output: ENOSPC/) as string,
    });
  }
});

describe("options that mean nothing there", () => {
  const check = (given: object) => () => file.check?.({ path: "-", ...defaults, ...given });

  it.each([
    ["rotateSize", { rotateSize: "1MB" }],
    ["rotateDaily", { rotateDaily: true }],
    ["keep", { keep: 8 }],
    ["gzip", { gzip: true }],
    ["fsync", { fsync: "never" }],
  ])("%s", (option, given) => {
    const message = `option ${option}: means nothing on standard output (path: "-"); remove it, or give the path of a file`;
    expect(check(given)).toThrow(expect.objectContaining({ code: "FOREWARN_MISCONFIGURED", message }));
    expect(() => file.open({ path: "-", ...defaults, ...given } as never, {} as never)).toThrow(message);
  });

  it("are fine with a file, also one that is called -", () => {
    expect(check({ path: "./-", gzip: true, keep: 1 })).not.toThrow();
    expect(check({})).not.toThrow();
  });
});
