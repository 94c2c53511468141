import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { stripVTControlCharacters } from "node:util";
import { type Simulator, startSimulator } from "@forewarn/imds-simulator";
import { describe, expect, test } from "vitest";
import { bins, type Forewarn, forewarn } from "./forewarn.ts";

interface Change {
  readonly time: string;
  readonly change: string;
  readonly code?: string;
  readonly event?: { readonly eventId: string; readonly affectsSelf?: boolean };
  readonly was?: Readonly<Record<string, unknown>>;
}

const watching = (simulator: Simulator, ...more: readonly string[]): Forewarn =>
  forewarn(["events", "--watch", "--endpoint", simulator.url, ...more]);

const changesOf = (agent: Forewarn): readonly Change[] =>
  agent
    .stdout()
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Change);

test.concurrent(
  "--watch --json: an object per change, trouble among them, at most one request a second",
  async () => {
    await using simulator = await startSimulator();
    const { EventId } = simulator.schedule({ EventType: "Reboot" });
    const begun = performance.now();
    await using agent = watching(simulator, "--json");
    await agent.says('"present"');
    const other = simulator.schedule({ EventType: "Freeze", Resources: ["db-07"] });
    await agent.says('"appeared"');
    simulator.start(EventId);
    await agent.says('"changed"');
    simulator.respondNext({ status: 503 }, { status: 503 }, { status: 200, body: "" });
    await agent.says('"answered"');
    simulator.remove(other.EventId);
    await agent.says('"gone"');
    expect(await agent.end("SIGINT")).toBe(0);
    expect(agent.stderr()).toBe("");
    const told = changesOf(agent);
    expect(told.map(({ change, code }) => code ?? change)).toEqual([
      "present",
      "appeared",
      "changed",
      "server-error",
      "not-json",
      "answered",
      "gone",
    ]);
    expect(told[0]?.event).toMatchObject({ eventId: EventId, affectsSelf: true });
    expect(told[1]?.event).toMatchObject({ eventId: other.EventId, affectsSelf: false });
    expect(told[2]?.was).toMatchObject({
      eventStatus: "Scheduled",
      notBefore: expect.stringMatching(/Z$/) as string,
    });
    const polls = simulator.requests.filter(({ path }) => path.startsWith("/metadata/scheduledevents"));
    expect(polls.length).toBeLessThanOrEqual(1 + (performance.now() - begun) / 1000);
  },
);

test.concurrent(
  "--watch into a file or a pipe: a line per change on stdout, trouble once on stderr",
  async () => {
    await using simulator = await startSimulator();
    await using agent = watching(simulator);
    await agent.says("No scheduled events now.");
    const { EventId } = simulator.schedule({ EventType: "Preempt" });
    await agent.says("APPEARED");
    simulator.respondNext({ status: 500 }, { status: 500 });
    await agent.says("ANSWERS");
    simulator.remove(EventId);
    await agent.says("GONE");
    expect(await agent.end("SIGTERM")).toBe(0);
    const time = String.raw`\d{4}-\d\d-\d\d \d\d:\d\d:\d\d  `;
    expect(agent.stdout()).toMatch(
      new RegExp(
        `^${time}No scheduled events now\\.\\n${time}APPEARED  Preempt of web-01 \\(this VM\\): Scheduled, \\S+ \\(in .*\\), by Platform; ${EventId}\\n${time}GONE      Preempt of web-01 \\(this VM\\), it was Scheduled; ${EventId}\\n$`,
      ),
    );
    expect(agent.stderr()).toMatch(
      new RegExp(`^${time}NO ANSWER GET .* status 500\\..*\\n${time}ANSWERS   again, after .*\\n$`),
    );
  },
);

test.concurrent("a first answer that waiting will not change ends the watch: exit 1 and why", async () => {
  await using simulator = await startSimulator();
  simulator.respondWith(({ path }) => (path.startsWith("/metadata/scheduled") ? { status: 403 } : undefined));
  await using agent = watching(simulator);
  expect([await agent.exited(), agent.stdout()]).toEqual([1, ""]);
  expect(agent.stderr()).toContain("Metadata Security Protocol");
});

test.concurrent("a reader that goes away (`| head -1`) ends the watch", async () => {
  await using simulator = await startSimulator();
  await using agent = watching(simulator, "--json");
  agent.child.stdout?.destroy();
  simulator.schedule({ EventType: "Reboot" });
  expect([await agent.exited(), agent.stderr()]).toEqual([0, ""]);
});

const hasScript = spawnSync("script", ["--version"]).status === 0;
if (!hasScript) console.warn("SKIPPED: the watch on a terminal needs script(1) of util-linux");

describe.skipIf(!hasScript)("on a terminal", () => {
  test.concurrent("a board that is drawn anew, trouble in its place, until Ctrl-C", async () => {
    await using simulator = await startSimulator();
    const { EventId } = simulator.schedule({ EventType: "Reboot", EventSource: "User" });
    const command = `stty cols 140 rows 24; exec ${process.execPath} ${bins.forewarn} events --watch --endpoint ${simulator.url}`;
    const child = spawn("script", ["-qec", command, "/dev/null"], {
      env: { PATH: process.env["PATH"], TERM: "xterm" },
      stdio: ["pipe", "pipe", "inherit"],
    });
    let raw = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (raw += text));
    const says = async (text: string) => {
      while (!stripVTControlCharacters(raw).includes(text)) await once(child.stdout, "data");
    };
    try {
      await says(EventId);
      simulator.start(EventId);
      await says("CHANGED");
      simulator.respondWith(() => ({ status: 503 }));
      await says("IMDS: no good answer for");
      child.stdin.write("\u0003");
      expect(await once(child, "close")).toEqual([0, null]);
    } finally {
      child.kill("SIGKILL");
    }
    expect(raw).toContain("\u001b[31mReboot");
    const last = stripVTControlCharacters(raw.slice(raw.lastIndexOf("Scheduled events of web-01")));
    expect(last).toMatch(
      new RegExp(
        `\\nReboot +web-01 \\(this VM\\) +Started +now +- +\\? +User +${EventId}\\s[\\s\\S]*the table is of `,
      ),
    );
  });
});
