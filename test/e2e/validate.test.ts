import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { forewarn, temporaryPlace } from "./forewarn.ts";
import { startHttpRecorder } from "./http-recorder.ts";

async function result(args: readonly string[], cwd: string) {
  await using command = forewarn(args, { cwd });
  const code = await command.exited();
  return { code, stdout: command.stdout(), stderr: command.stderr() };
}

/** A sink whose probe is well only while the other one's is under way, too. */
const meeting = `
import { defineSink, Type } from "@forewarn/sdk";
const arrived = new Map();
export const meeting = defineSink({
  type: "meeting",
  summary: "Waits for another one.",
  options: Type.Object({ me: Type.String(), other: Type.String() }),
  open: ({ me, other }) => ({
    deliver: async () => {},
    async probe() {
      const here = (name) => arrived.get(name) ?? arrived.set(name, Promise.withResolvers()).get(name);
      here(me).resolve();
      await here(other).promise;
    },
  }),
});
`;

describe.concurrent("validate --probe", () => {
  test("tells of each sink what is known: ready, wrong, or that only an event can tell; no event is sent", async () => {
    using place = temporaryPlace();
    await using receiver = await startHttpRecorder();
    mkdirSync(join(place.path, "taken"));
    const file = place.file(
      "forewarn.yaml",
      `sinks:
  audit: { type: file, options: { path: events.ndjson } }
  taken: { type: file, options: { path: taken } }
  hook: { type: webhook, options: { url: "${receiver.url}" } }
  drain: { type: exec, options: { command: ./absent.sh } }
`,
    );
    const { code, stdout, stderr } = await result(["validate", "--probe"], place.path);
    expect({ code, stderr }).toEqual({ code: 78, stderr: "" });
    expect(stdout).toMatch(/^✓ audit \(file\) would take events/m);
    expect(stdout).toMatch(
      /^✗ taken \(file\): misconfigured after .*EISDIR.*\n {4}in a run the sink would be paused/m,
    );
    expect(stdout).toMatch(
      /^\? hook \(webhook\) was opened\n {4}it has no probe: .* forewarn test-sink hook$/m,
    );
    expect(stdout).toMatch(/^✗ drain \(exec\): misconfigured after .*absent\.sh/m);
    expect(receiver.requests).toEqual([]);
    const github = await result(["validate", "--probe", "--format", "github"], place.path);
    expect(
      github.stdout.match(/^::error title=sink (\w+)%3A misconfigured::.*EISDIR.*%0A.*$/gm),
    ).toHaveLength(1);
    expect(github.stdout.match(/^::error /gm)).toHaveLength(2);
    const json = await result(["validate", "--probe", "--json"], place.path);
    expect(json.code).toBe(78);
    expect(JSON.parse(json.stdout)).toMatchObject({
      file,
      probes: [
        { sink: "audit", outcome: "ready", note: null },
        { sink: "taken", outcome: "misconfigured" },
        { sink: "hook", outcome: "opened" },
        { sink: "drain", outcome: "misconfigured" },
      ],
    });
  });

  test("what is only unknown is no failure; what does not answer is exit 75, within its timeout", async () => {
    using place = temporaryPlace();
    const hook = { type: "webhook", options: { url: "http://127.0.0.1:9" } };
    place.file("forewarn.yaml", JSON.stringify({ sinks: { hook } }));
    expect(await result(["validate", "--probe"], place.path)).toMatchObject({ code: 0, stderr: "" });
    const connectionString =
      "Endpoint=sb://127.0.0.1:9/;SharedAccessKeyName=n;SharedAccessKey=a2V5;UseDevelopmentEmulator=true";
    const stream = { type: "event-hubs", options: { eventHub: "e", connectionString } };
    place.file("forewarn.yaml", JSON.stringify({ sinks: { hook, stream } }));
    const away = await result(["validate", "--probe"], place.path);
    expect(away.code).toBe(75);
    expect(away.stdout).toMatch(/^✗ stream \(event-hubs\): retry after .*ECONNREFUSED/m);
  });

  test("all sinks at once, each within its own timeout", async () => {
    using place = temporaryPlace();
    place.file("meeting.mjs", meeting);
    const sink = (me: string, other: string, timeout: string) => ({
      type: "./meeting.mjs",
      timeout,
      options: { me, other },
    });
    const sinks = { a: sink("a", "b", "1m"), b: sink("b", "a", "1m"), alone: sink("c", "nobody", "200ms") };
    place.file("forewarn.yaml", JSON.stringify({ sinks }));
    const { code, stdout } = await result(["validate", "--probe"], place.path);
    expect(stdout).toMatch(/^✓ a .*\n✓ b /m);
    expect(stdout).toMatch(/^✗ alone \(\.\/meeting\.mjs\): hung after /m);
    expect(code).toBe(1);
  });
});

describe.concurrent("validate --format", () => {
  const wrong = "sinks:\n  audit: { type: file, options: { path: a, kep: 7 } }\nlog: { level: loud }\n";

  test("github: an annotation for each problem, exit 78", async () => {
    using place = temporaryPlace();
    place.file("forewarn.yaml", wrong);
    expect(await result(["validate", "--format", "github", "-c", "forewarn.yaml"], place.path)).toEqual({
      code: 78,
      stdout: [
        '::error file=forewarn.yaml,line=2,col=44,endColumn=47,title=CONFIG_UNKNOWN_KEY::"kep" is not a key of sinks.audit.options%0Ahelp: did you mean "keep"?',
        '::error file=forewarn.yaml,line=3,col=15,endColumn=19,title=CONFIG_BAD_CHOICE::log.level must be debug, info, warn or error, but is "loud"%0Ahelp: write debug, info, warn or error',
        "",
      ].join("\n"),
      stderr: "",
    });
  });

  test("a literal secret is a warning in every format, and exit 0", async () => {
    using place = temporaryPlace();
    const secret = "whsec_MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkw";
    const hook = `{ type: webhook, options: { url: "http://127.0.0.1:9", secret: ${secret} } }`;
    place.file("forewarn.yaml", `sinks:\n  hook: ${hook}\n`);
    const pretty = await result(["validate"], place.path);
    expect(pretty.code).toBe(0);
    expect(pretty.stderr).toMatch(
      /^forewarn\.yaml:2:72 warning CONFIG_LITERAL_SECRET: .*\n.*\n.*\^\n {2}help: .*\$\{env:HOOK_SECRET\}/,
    );
    const github = await result(["validate", "--format", "github"], place.path);
    expect(github.stdout).toContain("::warning file=forewarn.yaml,line=2,col=72,");
    const json = await result(["validate", "--format", "json"], place.path);
    expect(JSON.parse(json.stdout)).toMatchObject({ warnings: [{ code: "CONFIG_LITERAL_SECRET", line: 2 }] });
    for (const { stdout, stderr } of [pretty, github, json]) expect(stdout + stderr).not.toContain(secret);
  });

  test("another one is a wrong command line", async () => {
    const { code, stderr } = await result(["validate", "--format", "jsn"], "/");
    expect({ code, stderr }).toEqual({
      code: 64,
      stderr: 'forewarn: --format takes one of pretty, json, github, got "jsn": did you mean json?\n',
    });
  });
});

test.concurrent("forewarn explain: a code, its cure; all codes; what was meant", async () => {
  const known = await result(["explain", "config_env_not_set"], "/");
  expect(known.code).toBe(0);
  expect(known.stdout).toMatch(/^CONFIG_ENV_NOT_SET: A reference names .*\n {2}help: Set it for /);
  const all = await result(["explain"], "/");
  for (const code of [
    "CONFIG_SYNTAX",
    "CONFIG_LITERAL_SECRET",
    "STATE_LOCKED",
    "FOREWARN_REJECT",
    "throttled",
  ])
    expect(all.stdout).toMatch(new RegExp(`^ {2}${code}$`, "m"));
  const wrong = await result(["explain", "CONFIG_BAD_SIZ"], "/");
  expect([wrong.code, wrong.stderr]).toEqual([
    64,
    'forewarn: there is no code "CONFIG_BAD_SIZ": did you mean CONFIG_BAD_SIZE?\n',
  ]);
});
