import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { startSimulator } from "@forewarn/imds-simulator";
import { describe, expect, test } from "vitest";
import { configured, fileSink } from "./configuration.ts";
import { type Forewarn, forewarn, temporaryPlace } from "./forewarn.ts";
import { freePort } from "./free-port.ts";

const wrong = `imds: { endpoint: "http://127.0.0.1:9", polInterval: 100ms }
state: { path: state, retention: 30 }
colour: red
sinks:
  Web Hook: { type: webhook, options: { url: "\${env:FOREWARN_NO_SUCH_URL}" } }
  hook: { type: webhok, options: { url: "http://127.0.0.1:9" } }
  file: { type: file, options: { pth: events.ndjson, keep: many } }
`;

/** What is wrong with it: place, code, and a part of the suggestion. */
const problems = [
  ["1:41", "CONFIG_UNKNOWN_KEY", 'did you mean "pollInterval"?'],
  ["2:34", "CONFIG_BAD_DURATION", "write 30s or 30ms"],
  ["3:1", "CONFIG_UNKNOWN_KEY", "known here: imds, metadata, state"],
  ["5:3", "CONFIG_BAD_SINK_NAME", "write web-hook"],
  ["5:47", "CONFIG_ENV_NOT_SET", "set FOREWARN_NO_SUCH_URL, or write ${env:FOREWARN_NO_SUCH_URL:-default}"],
  ["6:17", "CONFIG_SINK_NOT_FOUND", "did you mean webhook?"],
  ["7:34", "CONFIG_UNKNOWN_KEY", 'did you mean "path"?'],
  ["7:60", "CONFIG_WRONG_TYPE", "write a whole number"],
] as const;

async function ended(agent: Forewarn) {
  const code = await agent.exited();
  return { code, stdout: agent.stdout(), stderr: agent.stderr() };
}

describe("a wrong configuration", () => {
  test.concurrent.each(["run", "validate"])(
    "%s: every problem at once, with its place and its cure, exit 78",
    async (command) => {
      using place = temporaryPlace();
      place.file("forewarn.yaml", wrong);
      await using agent = forewarn([command], { cwd: place.path });
      const { code, stdout, stderr } = await ended(agent);
      expect({ code, stdout }).toEqual({ code: 78, stdout: "" });
      const blocks = stderr.trimEnd().split("\n\n");
      expect(blocks.pop()).toBe(`${problems.length} problems in forewarn.yaml`);
      expect(blocks).toHaveLength(problems.length);
      for (const [index, [at, problem, cure]] of problems.entries()) {
        expect(blocks[index]).toMatch(new RegExp(`^forewarn\\.yaml:${at} error ${problem}: .*\\n.*\\n.*\\^`));
        expect(blocks[index]).toMatch(/\n {2}help: [^\n]+$/);
        expect(blocks[index]).toContain(cure);
      }
    },
  );

  test.concurrent("validate --json: the same problems for programs", async () => {
    using place = temporaryPlace();
    const file = place.file("forewarn.yaml", wrong);
    await using agent = forewarn(["validate", "--json", "-c", file]);
    const { code, stdout, stderr } = await ended(agent);
    expect({ code, stderr }).toEqual({ code: 78, stderr: "" });
    const told = JSON.parse(stdout) as { problems: Record<string, unknown>[] };
    const found = told.problems.map(({ code, line, column, suggestion }) => [
      `${line}:${column}`,
      code,
      suggestion,
    ]);
    expect(found).toEqual(
      problems.map(([at, code, cure]) => [at, code, expect.stringContaining(cure) as string]),
    );
    expect(new Set(told.problems.map((problem) => problem["file"]))).toEqual(new Set([file]));
  });

  test.concurrent("a missing environment variable alone", async () => {
    using place = temporaryPlace();
    const sinks = { hook: { type: "webhook", options: { url: "${env:HOOK_URL}" } } };
    const file = configured(place, { sinks });
    await using agent = forewarn(["validate", "-c", file]);
    const { code, stderr } = await ended(agent);
    expect(code).toBe(78);
    expect(stderr).toContain("CONFIG_ENV_NOT_SET: the environment variable HOOK_URL is not set");
    await using set = forewarn(["validate", "-c", file], { env: { HOOK_URL: "https://example.com/hook" } });
    expect((await ended(set)).code).toBe(0);
  });

  test.concurrent(
    "a sink type that nobody has: the package that was tried, and how to install it",
    async () => {
      using place = temporaryPlace();
      const file = configured(place, { sinks: { ops: { type: "pager" }, own: { type: "@acme/pager" } } });
      await using agent = forewarn(["run", "-c", file]);
      const { code, stderr } = await ended(agent);
      expect(code).toBe(78);
      expect(stderr).toContain("there is no sink pager: the package @forewarn/sink-pager is not installed");
      expect(stderr).toContain("  help: npm install @forewarn/sink-pager");
      expect(stderr).toContain("the package @acme/pager is not installed");
      expect(stderr).toContain("  help: npm install @acme/pager");
    },
  );

  test.concurrent("none at all: which places were tried", async () => {
    using place = temporaryPlace();
    await using agent = forewarn(["run"], { cwd: place.path });
    const { code, stderr } = await ended(agent);
    expect(code).toBe(78);
    expect(stderr).toContain("tried forewarn.yaml and /etc/forewarn/forewarn.yaml");
    expect(stderr).toContain("-c FILE");
  });

  test.concurrent("a secret in a file with problems is not shown", async () => {
    using place = temporaryPlace();
    const file = place.file(
      "forewarn.yaml",
      `sinks: { hook: { type: webhook, options: { url: "http://127.0.0.1:9", secret: "whsec_dG9wIHNlY3JldCB0b3Agc2VjcmV0", colour: red } } }\n`,
    );
    for (const args of [
      ["validate", "-c", file],
      ["validate", "--json", "-c", file],
    ]) {
      await using agent = forewarn(args);
      const { code, stdout, stderr } = await ended(agent);
      expect(code).toBe(78);
      expect(stdout + stderr).toContain("CONFIG_UNKNOWN_KEY");
      expect(stdout + stderr).not.toContain("dG9wIHNlY3JldCB0b3Agc2VjcmV0");
    }
  });
});

test.concurrent("a right configuration: exit 0, its sinks by name; --json names the file", async () => {
  using place = temporaryPlace();
  const file = configured(place, { sinks: { audit: fileSink(place) } });
  await using agent = forewarn(["validate", "-c", file]);
  expect(await ended(agent)).toEqual({
    code: 0,
    stdout: `${file} is valid: 1 sink: audit (file).\n`,
    stderr: "",
  });
  await using json = forewarn(["validate", "--json", "-c", file]);
  const { code, stdout } = await ended(json);
  expect([code, JSON.parse(stdout)]).toEqual([0, { file, problems: [], warnings: [] }]);
});

describe("the state directory", () => {
  test.concurrent.each(["run", "run --once"])(
    "cannot be written: %s exits 73 with the reason",
    async (line) => {
      using place = temporaryPlace();
      place.file("state", "no directory");
      const path = join(place.path, "state", "forewarn");
      const file = place.file(
        "forewarn.json",
        JSON.stringify({ state: { path }, sinks: { audit: fileSink(place) } }),
      );
      await using agent = forewarn([...line.split(" "), "-c", file]);
      const { code, stderr } = await ended(agent);
      expect(code).toBe(73);
      expect(stderr).toContain(`cannot write the state directory ${path}`);
      expect(stderr).toContain("ENOTDIR");
      expect(stderr).toContain("set state.path to a directory that is [STATE_NOT_WRITABLE]");
      expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    },
  );

  test.concurrent(
    "is in use: the second agent exits 75 and names it; after SIGKILL of the first the next one starts",
    async () => {
      using place = temporaryPlace();
      await using simulator = await startSimulator();
      const file = configured(place, { imds: simulator.url, sinks: { audit: fileSink(place) } });
      await using first = forewarn(["run", "-c", file]);
      await first.says("IMDS answers");
      for (const args of [["run"], ["run", "--once"]]) {
        await using second = forewarn([...args, "-c", file]);
        const { code, stderr } = await ended(second);
        expect(code).toBe(75);
        expect(stderr).toBe(
          `forewarn run: another forewarn agent uses the state directory ${join(place.path, "state")}: stop it, or give this one a state.path of its own [STATE_LOCKED]\n`,
        );
      }
      expect(await first.end("SIGKILL")).toBe("SIGKILL");
      await using next = forewarn(["run", "-c", file]);
      await next.says("IMDS answers");
      expect(await next.end()).toBe(0);
    },
  );
});

test.concurrent(
  "an endpoint that is none is said in a sentence, from every command that takes one",
  async () => {
    using place = temporaryPlace();
    const file = configured(place, {
      imds: "https://169.254.169.254/metadata",
      sinks: { audit: fileSink(place) },
    });
    await using run = forewarn(["run", "-c", file]);
    expect(await run.exited()).toBe(78);
    expect(run.stderr()).toContain("imds.endpoint");
    for (const command of ["events", "imds"]) {
      await using given = forewarn([command, "--endpoint", "imds:80"]);
      expect(await given.exited()).toBe(64);
      expect(given.stderr()).toMatch(
        /^forewarn: --endpoint: the endpoint "imds:80" must be "http:\/\/" .*\n$/,
      );
      await using set = forewarn([command], { env: { FOREWARN_IMDS_ENDPOINT: "imds:80" } });
      expect(await set.exited()).toBe(64);
      expect(set.stderr()).toMatch(/^forewarn: FOREWARN_IMDS_ENDPOINT: the endpoint "imds:80" must be .*\n$/);
      await using away = forewarn([command, "--endpoint", `http://127.0.0.1:${await freePort()}`]);
      expect(await away.exited()).toBe(1);
      expect(away.stderr()).toMatch(
        new RegExp(
          `^forewarn ${command}: GET http://127\\.0\\.0\\.1:\\d+/metadata/.* could not connect \\(ECONNREFUSED\\)\\. .*\\n$`,
        ),
      );
    }
  },
);

test.concurrent(
  "a file sink that cannot write is paused with the reason; the other sinks and the end are not held up",
  async () => {
    using place = temporaryPlace();
    await using simulator = await startSimulator();
    mkdirSync(join(place.path, "taken"));
    const sinks = {
      audit: fileSink(place),
      broken: { type: "file", options: { path: join(place.path, "taken") } },
    };
    await using agent = forewarn(["run", "-c", configured(place, { imds: simulator.url, sinks })]);
    await agent.says(/sink broken is paused, its events are kept: cannot write [^"]*taken \(EISDIR\)/);
    expect(await agent.end()).toBe(0);
    expect(agent.stderr()).toMatch(/sink audit: delivered [34], left 0 on disk, dead 0/);
    expect(agent.stderr()).toMatch(/sink broken: delivered 0, left [23] on disk, dead 0/);
  },
);
