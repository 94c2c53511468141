import { startSimulator } from "@forewarn/imds-simulator";
import { describe, expect, test } from "vitest";
import { configured, fileSink } from "./configuration.ts";
import { eventually } from "./eventually.ts";
import { forewarn, temporaryPlace } from "./forewarn.ts";
import { freePort } from "./free-port.ts";
import { eventsIn, phasesOf, typesOf } from "./lines.ts";

async function result(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  await using agent = forewarn(args, { env });
  const code = await agent.exited();
  return { code, stdout: agent.stdout(), stderr: agent.stderr() };
}

const commands = [
  "run",
  "validate",
  "test-sink",
  "doctor",
  "status",
  "tap",
  "history",
  "dead-letters",
  "events",
  "approve",
  "imds",
  "simulate",
  "schema",
  "sinks",
  "init",
  "explain",
  "completion",
];

describe("help", () => {
  test.concurrent.each(["--help", "-h", "help", ""])(
    "forewarn %j: every command and every exit code",
    async (arg) => {
      const { code, stdout, stderr } = await result(arg === "" ? [] : [arg]);
      expect([code, stderr]).toEqual([0, ""]);
      for (const command of commands) expect(stdout).toMatch(new RegExp(`^  ${command} +[A-Z].*[.]$`, "m"));
      for (const exit of [0, 1, 3, 64, 70, 73, 75, 78])
        expect(stdout).toMatch(new RegExp(`\\b${exit} [a-z]`));
    },
  );

  test.concurrent.each(commands)("forewarn %s --help: usage, options, nothing else", async (command) => {
    const { code, stdout, stderr } = await result([command, "--help"]);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toContain(`Usage: forewarn ${command} [options]`);
    expect(stdout).toContain("--json");
    expect(stdout).toMatch(/-h, --help +[Ss]how this help/);
    expect((await result(["help", command])).stdout).toBe(stdout);
    for (const line of stdout.split("\n")) expect(line.length, line).toBeLessThanOrEqual(130);
  });

  test.concurrent("forewarn --version", async () => {
    expect(await result(["--version"])).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) as string,
      stderr: "",
    });
  });
});

test.concurrent.each([
  ["validat", 'forewarn: there is no command "validat": did you mean validate?'],
  ["rn", 'forewarn: there is no command "rn": known are run, validate, test-sink, …'],
  ["--verson", 'forewarn: there is no option "--verson": did you mean --version?'],
  ["run --onec", "forewarn run has no option --onec: did you mean --once?"],
  ["run -x", "forewarn run has no option -x: forewarn run --help lists them"],
  ["run -c", "forewarn run: -c, --config needs a value: forewarn run --help says which"],
  ["run -c --once", "forewarn run: -c needs a value: forewarn run --help says which"],
  ["run --config=", "forewarn run: --config needs a value: forewarn run --help says which"],
  ["run --print=yes", "forewarn run: --print takes no value"],
  ["run forewarn.yaml", 'forewarn run takes no argument, got "forewarn.yaml"'],
  ["run --keep", "forewarn: --keep goes with --simulate"],
  ["run --for 3s", "forewarn: --for goes with --once"],
  [
    "run --once --for 3",
    'forewarn: --for: "3" is not a duration with its unit, such as 250ms, 1s, 15m, 1h or 30d',
  ],
  ["run --once --simulate", "forewarn: --once does not go with --simulate"],
  ["run --simulate preempt", 'forewarn: there is no scenario "preempt": did you mean preempt-spot?'],
  ["run --simulate nonsense", 'forewarn: there is no scenario "nonsense": … reboot-user, …, demo'],
  ["run --simulate toString", 'forewarn: there is no scenario "toString": … demo'],
  ["run --simulate demo --time-scale 0", 'forewarn: --time-scale takes a number above 0, got "0"'],
  ["history --limit -1", 'forewarn: --limit takes a whole number from 1 to 9999999, got "-1"'],
  [
    "run --once --for -3s",
    'forewarn: --for: "-3s" is not a duration with its unit, such as 250ms, 1s, 15m, 1h or 30d',
  ],
  ["validate --jsn", "forewarn validate has no option --jsn: did you mean --json?"],
  ["status now", 'forewarn status takes no argument, got "now"'],
  ["status --admin ftp://x", 'forewarn: --admin takes a URL such as http://127.0.0.1:4690, got "ftp://x"'],
  ["tap --admin http://x/y", 'forewarn: --admin takes a URL such as http://127.0.0.1:4690, got "http://x/y"'],
  ["tap --types a,", "forewarn: --types takes types between commas: scheduledevent.*,sink.*"],
  ["imds instance versions", 'forewarn imds takes one PATH, got "versions" too'],
  ["imds ../etc/passwd", 'forewarn imds: "../etc/passwd" is no path of IMDS: …'],
  [
    "simulate --lst",
    'forewarn simulate: Unknown option --lst. Did you mean "--list"? See --help for all options.',
  ],
] as const)("forewarn %s: exit 64 and one line", async (line, message) => {
  const { code, stdout, stderr } = await result(line.split(" "));
  expect({ code, stdout }).toEqual({ code: 64, stdout: "" });
  expect(stderr.endsWith("\n")).toBe(true);
  const pattern = message.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`).replaceAll("…", ".*");
  expect(stderr.trimEnd()).toMatch(new RegExp(`^${pattern}$`));
  expect(stderr.trimEnd().split("\n")).toHaveLength(1);
});

describe("forewarn imds", () => {
  test.concurrent("the whole document, a part, a value, the versions, and what does not exist", async () => {
    await using simulator = await startSimulator({ vm: { name: "ümlaut-01" } });
    const ask = (...args: string[]) => result(["imds", ...args], { FOREWARN_IMDS_ENDPOINT: simulator.url });
    const whole = await ask();
    expect(whole).toMatchObject({ code: 0, stderr: "" });
    expect(JSON.parse(whole.stdout)).toMatchObject({ compute: { name: "ümlaut-01" }, network: {} });
    expect(whole.stdout).toContain('\n  "compute": {\n');
    expect(await ask("instance")).toEqual(whole);
    const { compute } = JSON.parse(whole.stdout) as { compute: object };
    expect(JSON.parse((await ask("instance/compute")).stdout)).toEqual(compute);
    expect(await ask("instance/compute/name")).toEqual({ code: 0, stdout: "ümlaut-01\n", stderr: "" });
    expect((await ask("instance/compute/name", "--json")).stdout).toBe('"ümlaut-01"\n');
    expect((await ask("/metadata/instance/compute/name")).stdout).toBe("ümlaut-01\n");
    expect((await ask("instance/compute", "--text")).stdout).toMatch(/^name$/m);
    const versions = JSON.parse((await ask("versions", "--json")).stdout) as { apiVersions: string[] };
    expect(versions.apiVersions).toContain("2021-02-01");
    const old = await ask("instance/compute/name", "--api-version", "2001-01-01");
    expect(old.code).toBe(1);
    expect(old.stderr).toContain("does not know the api-version asked for; it offers 2025-04-07");
    for (const path of ["nothing", "instance/compute/nothing"]) {
      const { code, stdout, stderr } = await ask(path);
      expect([code, stdout]).toEqual([1, ""]);
      expect(stderr).toMatch(
        new RegExp(`^forewarn imds: GET .*/metadata/${path}\\?.* was answered with status 404\\. `),
      );
    }
    expect(simulator.requests.every(({ userAgent }) => userAgent?.startsWith("forewarn"))).toBe(true);
  });

  test.concurrent("--endpoint stands above the environment", async () => {
    await using simulator = await startSimulator();
    const env = { FOREWARN_IMDS_ENDPOINT: `http://127.0.0.1:${await freePort()}` };
    const { code, stdout } = await result(
      ["imds", "instance/compute/name", "--endpoint", simulator.url],
      env,
    );
    expect([code, stdout]).toEqual([0, `${simulator.vm.name}\n`]);
  });
});

test.concurrent("forewarn events: a table, --json, and oddities on stderr", async () => {
  await using simulator = await startSimulator();
  const env = { FOREWARN_IMDS_ENDPOINT: simulator.url };
  expect(await result(["events"], env)).toEqual({
    code: 0,
    stdout: "No scheduled events now.\n",
    stderr: "",
  });
  const { EventId } = simulator.schedule({
    EventType: "Freeze",
    DurationInSeconds: 9,
    NotBefore: new Date(Date.now() + 600_000),
    Resources: ["web-01", "web-02"],
  });
  const other = simulator.schedule({ EventType: "Reboot", EventSource: "User", NotBefore: "soon" });
  const table = await result(["events"], env);
  expect(table.code).toBe(0);
  const [head, first, second, ...more] = table.stdout.trimEnd().split("\n");
  expect(head).toMatch(/^WHAT +VM +STATUS +WHEN +IN +LASTS +BY +EVENT ID$/);
  expect(first).toMatch(
    new RegExp(`^Reboot +web-01 \\(this VM\\) +Scheduled +soon +- +\\? +User +${other.EventId}$`),
  );
  expect(second).toMatch(
    new RegExp(
      `^Freeze +web-01 \\(this VM\\), web-02 +Scheduled +(\\S+ )?\\d\\d:\\d\\d:\\d\\d +(9|10) min +9 s +Platform +${EventId}$`,
    ),
  );
  expect(more).toEqual([]);
  expect(new Set([head, first, second].map((line) => line?.search(/\S+( ID)?$/))).size).toBe(1);
  expect(table.stderr).toMatch(/^forewarn events: .*soon/);
  const json = JSON.parse((await result(["events", "--json"], env)).stdout) as { events: unknown[] };
  expect(json).toMatchObject({
    incarnation: simulator.document().DocumentIncarnation,
    events: [
      { eventId: EventId, durationSeconds: 9, resources: ["web-01", "web-02"] },
      { notBefore: null, notBeforeRaw: "soon" },
    ],
  });
});

describe("forewarn simulate", () => {
  test.concurrent("--list names the scenarios, also as JSON", async () => {
    const { code, stdout } = await result(["simulate", "--list"]);
    expect(code).toBe(0);
    for (const name of ["preempt-spot", "reboot-user", "demo"]) expect(stdout).toContain(name);
    expect((await result(["simulate", "--list", "--json"])).stdout).toContain('"preempt-spot"');
  });

  test.concurrent("serves until SIGTERM, exit 0; a taken port is exit 69", async () => {
    const port = await freePort();
    await using agent = forewarn(["simulate", "--listen", `127.0.0.1:${port}`, "--name", "db-07"]);
    await agent.says("simulated");
    const url = `http://127.0.0.1:${port}`;
    expect((await result(["imds", "instance/compute/name", "--endpoint", url])).stdout).toBe("db-07\n");
    const second = await result(["simulate", "--listen", `127.0.0.1:${port}`]);
    expect(second.code).toBe(69);
    expect(second.stderr).toMatch(/^forewarn simulate: Cannot listen on .*: the port is taken\./);
    expect(await agent.end("SIGTERM")).toBe(0);
  });
});

test.concurrent(
  "a reader that goes away (`| head -1`) ends a simulated run in order, without a stack",
  async () => {
    using place = temporaryPlace();
    const file = configured(place, { sinks: { audit: fileSink(place) } });
    await using agent = forewarn(["run", "--simulate", "demo", "--keep", "--print", "-c", file]);
    agent.child.stdout?.destroy();
    expect(await agent.exited()).toBe(0);
    expect(agent.stderr()).not.toContain("EPIPE");
  },
);

test.concurrent("an agent whose log and prints nobody reads any longer goes on", async () => {
  using place = temporaryPlace();
  await using simulator = await startSimulator();
  const file = configured(place, { imds: simulator.url, sinks: { audit: fileSink(place) } });
  await using agent = forewarn(["run", "--print", "-c", file]);
  await agent.says("IMDS answers");
  agent.child.stdout?.destroy();
  agent.child.stderr?.destroy();
  simulator.respondNext({ status: 503 }, { status: 503 });
  const { EventId } = simulator.schedule({ EventType: "Reboot" });
  await eventually(
    () => phasesOf(eventsIn(place), EventId).length > 0,
    () => "no event came",
  );
  expect(await agent.end()).toBe(0);
  expect(typesOf(eventsIn(place)).at(-1)).toBe("agent.stopped");
});

test.concurrent("a command whose reader is gone ends without a stack", async () => {
  await using simulator = await startSimulator();
  await using agent = forewarn(["imds", "--endpoint", simulator.url]);
  agent.child.stdout?.destroy();
  expect([await agent.exited(), agent.stderr()]).toEqual([0, ""]);
});
