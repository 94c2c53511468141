import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { commands } from "../../packages/cli/src/commands.ts";
import { bins } from "./forewarn.ts";

const directory = mkdtempSync(join(tmpdir(), "forewarn-completion-"));
writeFileSync(join(directory, "my forewarn.yaml"), "");
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** What `forewarn completion SHELL` prints. */
function scriptFor(shell: string): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, [bins.forewarn, "completion", shell], {
    encoding: "utf8",
  });
  expect([status, stderr]).toEqual([0, ""]);
  return stdout;
}

const scripts = { bash: scriptFor("bash"), zsh: scriptFor("zsh"), fish: scriptFor("fish") };

/** What a shell prints that runs a program in the directory. */
function printed(shell: string, program: string): readonly string[] {
  const { status, stdout, stderr } = spawnSync(shell, ["-c", program], { cwd: directory, encoding: "utf8" });
  expect([status, stderr]).toEqual([0, ""]);
  return stdout.split("\n").filter((line) => line !== "");
}

/** bash splits a command line at `=`, too, before it asks. */
function bash(...words: readonly string[]): readonly string[] {
  const list = words.map((word) => `'${word}'`).join(" ");
  return printed(
    "bash",
    `${scripts.bash}\nCOMP_WORDS=(forewarn ${list}); COMP_CWORD=${words.length}; _forewarn; printf '%s\\n' "\${COMPREPLY[@]}"`,
  );
}

/** The functions of zsh that put offers on the screen, as ones that print them. */
const screen = [
  "compdef() { :; }",
  "compadd() { shift; print -l -- $@; }",
  "_files() { print -l -- *(N); }",
  '_describe() { local name=${@[-1]}; local each; for each in "${(@P)name}"; do print -r -- "${each%%:*}"; done; }',
].join("\n");

function zsh(...words: readonly string[]): readonly string[] {
  const list = words.map((word) => `'${word}'`).join(" ");
  return printed(
    "zsh",
    `${screen}\n${scripts.zsh}\nwords=(forewarn ${list}); CURRENT=${words.length + 1}; _forewarn`,
  );
}

function fish(...words: readonly string[]): readonly string[] {
  const line = ["forewarn", ...words].join(" ");
  return printed("fish", `${scripts.fish}\ncomplete -C '${line}'`).map((row) => row.split("\t")[0] ?? "");
}

const shells = { bash, zsh, fish };

describe.each(Object.keys(shells) as (keyof typeof shells)[])("%s", (name) => {
  const isThere = spawnSync(name, ["-c", "true"]).status === 0;
  if (!isThere) console.warn(`SKIPPED: completion in ${name}: it is not installed`);
  const complete = shells[name];

  describe.skipIf(!isThere)("offers", () => {
    test("every command", () => {
      expect(complete("")).toEqual(expect.arrayContaining(commands.map((command) => command.name)));
    });

    test("what stands below a command, and no command beside it", () => {
      const offered = complete("imds", "");
      expect(offered).toEqual(expect.arrayContaining(["token", "attested", "versions", "record"]));
      expect(offered).not.toContain("validate");
    });

    test("the options of the command, also of one below another and in help", () => {
      expect(complete("run", "--")).toEqual(
        expect.arrayContaining(["--config", "--once", "--json", "--help"]),
      );
      expect(complete("run", "--")).not.toContain("--watch");
      expect(complete("imds", "attested", "--")).toContain("--verify");
      expect(complete("help", "")).toContain("run");
    });

    test("what only the simulator knows: its options, and its scenarios", () => {
      expect(complete("simulate", "--")).toEqual(
        expect.arrayContaining(["--listen", "--scenario", "--rate-limit", "--help"]),
      );
      expect(complete("simulate", "--scenario", "")).toContain("preempt-spot");
      expect(complete("run", "--simulate", "")).toContain("demo");
    });

    test("the values of an option, and the words of an argument", () => {
      expect(complete("history", "--format", "")).toEqual(expect.arrayContaining(["table", "ndjson", "csv"]));
      expect(complete("history", "--format", "")).toHaveLength(3);
      expect(complete("dead-letters", "")).toEqual(expect.arrayContaining(["list", "replay"]));
      expect(complete("completion", "")).toEqual(expect.arrayContaining(Object.keys(shells)));
    });

    test("files where a file is meant, and nothing where nobody can guess", () => {
      const offered = complete("validate", "--config", "");
      expect(offered.map((path) => path.replaceAll("\\", ""))).toEqual(["my forewarn.yaml"]);
      expect(complete("history", "--since", "")).toEqual([]);
    });
  });
});

test("bash: a beginning narrows it down, and --format=c is understood", () => {
  expect(bash("va")).toEqual(["validate"]);
  expect(bash("history", "--format", "=", "c")).toEqual(["csv"]);
  expect(bash("history", "--format", "=")).toHaveLength(3);
});

test("a shell that it does not know, and none", () => {
  const refused = (...args: readonly string[]) => {
    const { status, stderr } = spawnSync(process.execPath, [bins.forewarn, "completion", ...args], {
      encoding: "utf8",
    });
    return [status, stderr];
  };
  expect(refused("basch")).toEqual([
    64,
    'forewarn completion takes one of bash, zsh, fish, got "basch": did you mean bash?\n',
  ]);
  expect(refused()).toEqual([64, "forewarn completion takes one of bash, zsh, fish\n"]);
});
