import { join } from "node:path";
import { startSimulator } from "@forewarn/imds-simulator";
import { expect, test } from "vitest";
import { configured, fileSink } from "./configuration.ts";
import { eventually } from "./eventually.ts";
import { forewarn, temporaryPlace } from "./forewarn.ts";
import { eventsIn, phasesOf } from "./lines.ts";
import { startTestReceiver } from "./receiver.ts";

async function result(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  await using agent = forewarn(["history", ...args], { env });
  const code = await agent.exited();
  return { code, stdout: agent.stdout(), stderr: agent.stderr() };
}

interface Told {
  readonly id: string;
  readonly type: string;
  readonly noticeMs: number | null;
  readonly sinks: readonly {
    readonly sink: string;
    readonly state: string;
    readonly afterMs: number | null;
  }[];
  readonly event: { readonly data: object };
}

test("what was seen, with its notice, and what each sink got of it: beside a running agent, and without one", async () => {
  using place = temporaryPlace();
  await using simulator = await startSimulator();
  await using receiver = await startTestReceiver();
  receiver.answer(503);
  const hook = {
    type: "webhook",
    when: { types: ["io.forewarn.scheduledevent.*"] },
    options: { url: receiver.url },
  };
  const file = configured(place, { imds: simulator.url, sinks: { hook, audit: fileSink(place) } });
  await using agent = forewarn(["run", "-c", file]);
  await agent.says("IMDS answers");
  const { EventId } = simulator.schedule({ EventType: "Reboot" });
  await eventually(() => phasesOf(eventsIn(place), EventId).length > 0, agent.stderr);
  await eventually(() => receiver.requests() > 0, agent.stderr);

  const story = async (...more: readonly string[]): Promise<readonly Told[]> => {
    const { code, stdout, stderr } = await result(["--event-id", EventId, "--json", "-c", file, ...more]);
    expect([code, stderr]).toEqual([0, ""]);
    return (JSON.parse(stdout) as { readonly events: readonly Told[] }).events;
  };
  let [told] = await story();
  // A settlement is written within 5 ms of the delivery.
  for (let round = 0; told?.sinks[0]?.state === "pending" && round < 20; round++) [told] = await story();
  expect(told).toMatchObject({
    id: `${EventId.toLowerCase()}:scheduled`,
    noticeMs: expect.any(Number) as number,
    sinks: [
      { sink: "audit", state: "delivered", afterMs: expect.any(Number) as number, attempts: 1 },
      { sink: "hook", state: "pending", afterMs: null },
    ],
    event: { data: { eventType: "Reboot" } },
  });
  expect((await story("--sink", "audit"))[0]?.sinks.map(({ sink }) => sink)).toEqual(["audit"]);

  receiver.answer(204);
  await eventually(() => receiver.events.length > 0, agent.stderr);
  expect(await agent.end()).toBe(0);
  expect((await story())[0]?.sinks).toMatchObject([
    { state: "delivered" },
    { sink: "hook", state: "delivered" },
  ]);

  const table = await result(["-c", file]);
  expect(table.code).toBe(0);
  expect(table.stdout).toMatch(
    /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}SCHEDULED {5}Reboot of .*\n {35}notice 15 min {2}→ audit after \d.*, hook after .*, \d+ tries$/m,
  );
  expect(table.stdout).toMatch(/AGENT STARTED .*\n {35}→ audit after/);
  expect(table.stdout).toMatch(
    /^Reboot {2}web-01 \(this VM\) {2}\S+ \S+ {2}1[45] min( \d+ s)? announced {2}15 min {6}kept$/m,
  );
  expect(table.stdout).toMatch(/^hook +1 .* +0 +0$/m);
  const ndjson = await result(["--state", join(place.path, "state"), "--format", "ndjson", "--limit", "2"]);
  const lines = ndjson.stdout.trimEnd().split("\n");
  expect(lines.map((line) => (JSON.parse(line) as Told).type)).toEqual([
    "io.forewarn.scheduledevent.scheduled",
    "io.forewarn.agent.stopped",
  ]);
  const csv = await result(["-c", file, "--format", "csv", "--type", "scheduledevent.*"]);
  const rows = csv.stdout.split("\r\n").map((row) => row.split(","));
  expect(rows[0]?.slice(0, 3)).toEqual(["time", "type", "id"]);
  expect(rows.slice(1, -1).map((row) => row.slice(3, 8).toSpliced(2, 1))).toEqual([
    [EventId, "Reboot", "audit", "delivered"],
    [EventId, "Reboot", "hook", "delivered"],
  ]);
  expect((await result(["-c", file, "--since", "1h", "--type", "agent.*"])).stdout).not.toContain("Reboot");
  expect((await result(["-c", file, "--until", "1h"])).stdout).toBe("No events.\n");
});

test("colours only where they are wanted", async () => {
  using place = temporaryPlace();
  await using simulator = await startSimulator();
  const file = configured(place, { imds: simulator.url, sinks: { audit: fileSink(place) } });
  await using agent = forewarn(["run", "-c", file]);
  await eventually(() => eventsIn(place).length > 0, agent.stderr);
  const raw = async (env: Readonly<Record<string, string>>) => {
    await using shown = forewarn(["history", "-c", file], { env });
    let text = "";
    shown.child.stdout?.on("data", (chunk: string) => (text += chunk));
    expect(await shown.exited()).toBe(0);
    return text;
  };
  expect(await raw({ FORCE_COLOR: "1" })).toContain("\u001b[");
  expect(await raw({ NO_COLOR: "1" })).not.toContain("\u001b[");
});

test.concurrent.each([
  [
    ["--since", "1h", "--until", "2h"],
    "forewarn: --until is not later than --since, so nothing can be meant",
  ],
  [
    ["--until", "noon"],
    'forewarn: --until takes a duration such as 2h or 7d, or a time such as 2026-11-28T06:00:00Z, got "noon"',
  ],
  [["--limit", "none"], 'forewarn: --limit takes a whole number from 1 to 9999999, got "none"'],
  [["--format", "xml"], 'forewarn: --format takes one of table, ndjson, csv, got "xml"'],
  [
    ["--json", "--format", "csv"],
    "forewarn: --json does not go with --format: ndjson has one object per line",
  ],
])("%j: exit 64 and one line", async (args, message) => {
  expect(await result(args)).toEqual({ code: 64, stdout: "", stderr: `${message}\n` });
});
