import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { directory, errorOf, executable, open, pathOf, script } from "./fixtures/commands.ts";

type Options = Parameters<typeof open>[0];

/** What opening says, which must be the same as what a probe and a run say where it breaks later. */
async function problemOf(options: Options): Promise<string | undefined> {
  const error = await errorOf(open(options));
  expect(error).toMatchObject({ code: "FOREWARN_MISCONFIGURED" });
  return error?.message;
}

describe("options that contradict each other name the cure", () => {
  it("a text with blanks is no program", async () => {
    expect(await problemOf({ command: "drain.sh --now web" })).toBe(
      'option command: a text names one program, and "drain.sh --now web" holds blanks: give a list, such as ["drain.sh","--now","web"], or set `shell: true`',
    );
  });

  it("a shell reads one text", async () => {
    expect(await problemOf({ command: ["echo", "x"], shell: true })).toBe(
      "option command: with `shell: true` it must be one text that the shell reads, not a list",
    );
  });

  it("a program has a name", async () => {
    expect(await problemOf({ command: ["", "x"] })).toBe("option command: the program's name is empty");
  });

  it("a program with blanks in its path is a list of one", async () => {
    const command = [script("", "a b.sh")];
    const { deliver, said } = await open({ command });
    await deliver();
    expect(said()[0]).toContain("a b.sh ended with exit code 0");
  });
});

describe("what cannot be run is told at the start, with the cure", () => {
  it("absent from PATH", async () => {
    expect(await problemOf({ command: "no-such-program", env: { PATH: "/bin:/nowhere" } })).toBe(
      "command not found: no-such-program is in no directory of PATH (/bin:/nowhere): give its whole path, or set PATH in the option env",
    );
  });

  it("absent at its path", async () => {
    expect(await problemOf({ command: "./absent.sh" })).toBe(
      `command not found: ${pathOf("absent.sh")} does not exist (ENOENT)`,
    );
  });

  it("not executable", async () => {
    writeFileSync(pathOf("plain.sh"), "#!/bin/sh\n");
    const message = `cannot run ${pathOf("plain.sh")} (EACCES): it is not executable for the agent's user: chmod +x ${pathOf("plain.sh")}`;
    expect(await problemOf({ command: "./plain.sh" })).toBe(message);
    expect(await problemOf({ command: "plain.sh", env: { PATH: directory } })).toBe(message);
  });

  it("a directory", async () => {
    expect(await problemOf({ command: directory })).toContain("(EACCES): it is a directory");
  });

  it("a working directory that is none", async () => {
    const cwd = pathOf("absent");
    expect(await problemOf({ command: "true", cwd })).toBe(
      `option cwd: ${cwd} does not exist or cannot be reached (ENOENT)`,
    );
    writeFileSync(cwd, "");
    expect(await problemOf({ command: "true", shell: true, cwd })).toBe(`option cwd: ${cwd} is no directory`);
  });

  it.runIf(process.getuid?.() === 0)("what another user may not reach", async () => {
    mkdirSync(pathOf("closed"));
    const command = executable("#!/bin/sh\n", "closed/run.sh");
    chmodSync(pathOf("closed"), 0o600);
    chmodSync(directory, 0o755);
    process.seteuid?.(65_534);
    try {
      expect(await problemOf({ command, cwd: directory })).toContain(
        "(EACCES): the agent's user may not search one of its directories",
      );
    } finally {
      process.seteuid?.(0);
    }
  });
});

describe("what the system alone finds out is told with the first run", () => {
  const runOf = async (text: string | Buffer) => {
    const { errorOf } = await open({ command: executable(text, "run") });
    return errorOf();
  };

  it("a script whose interpreter does not exist", async () => {
    expect(await runOf("#!/no/such/interpreter -e\n")).toMatchObject({
      code: "FOREWARN_MISCONFIGURED",
      status: "ENOENT",
      message: `cannot run ${pathOf("run")} (ENOENT): the interpreter in its first line does not exist: #!/no/such/interpreter -e`,
    });
  });

  it("a script with the line ends of Windows", async () => {
    const error = await runOf("#!/bin/sh\r\nexit 0\r\n");
    expect(error).toMatchObject({ code: "FOREWARN_MISCONFIGURED" });
    expect(error?.message).toContain("its lines end as on Windows (CRLF)");
  });

  it("a script whose interpreter may not be executed", async () => {
    writeFileSync(pathOf("plain"), "");
    const error = await runOf(`#!${pathOf("plain")}\n`);
    expect(error).toMatchObject({ code: "FOREWARN_MISCONFIGURED", status: "EACCES" });
  });

  it("an env script whose interpreter is not in PATH", async () => {
    expect(await runOf("#!/usr/bin/env no-such-interpreter\n")).toMatchObject({
      code: "FOREWARN_MISCONFIGURED",
      status: 127,
    });
  });

  it("arguments that are too large", async () => {
    const { errorOf } = await open({ command: ["true", "x".repeat(200_000)] });
    expect(await errorOf()).toMatchObject({ code: "FOREWARN_MISCONFIGURED", status: "E2BIG" });
  });
});

describe("the probe", () => {
  it("sees what a run would stumble over, and runs nothing", async () => {
    const command = script("echo ran > got");
    const { sink, errorOf: failing, deliver } = await open({ command });
    const probed = () => errorOf(Promise.resolve(sink.probe?.(AbortSignal.timeout(1000))));
    expect(await probed()).toBeUndefined();
    rmSync(command);
    const [before, after] = [await failing(), await probed()];
    expect(before).toMatchObject({ code: "FOREWARN_MISCONFIGURED", status: "ENOENT" });
    expect(after?.message).toBe(before?.message);
    script("echo ran > got");
    expect(await probed()).toBeUndefined();
    expect(() => rmSync(pathOf("got"))).toThrow("ENOENT");
    await deliver();
    rmSync(pathOf("got"));
  });

  it("follows a link that is turned elsewhere", async () => {
    symlinkSync(script("exit 1", "one.sh"), pathOf("link"));
    const { errorOf, deliver } = await open({ command: "./link" });
    expect(await errorOf()).toMatchObject({ status: 1 });
    rmSync(pathOf("link"));
    symlinkSync(script("exit 0", "two.sh"), pathOf("link"));
    await deliver();
  });
});
