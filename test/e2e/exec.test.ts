import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Simulator, startSimulator } from "@forewarn/imds-simulator";
import { expect, test } from "vitest";
import { configured, fileSink } from "./configuration.ts";
import { eventually } from "./eventually.ts";
import { type Forewarn, forewarn, type Place, temporaryPlace } from "./forewarn.ts";
import { eventsIn, logOf, phasesOf } from "./lines.ts";

interface Wanted {
  /** What the shell command does, in the place. */
  readonly command: string;
  readonly sink?: Readonly<Record<string, unknown>>;
  readonly options?: Readonly<Record<string, unknown>>;
}

/** Runs an agent whose exec sink runs this command, and announces a reboot. */
async function announced(place: Place, simulator: Simulator, wanted: Wanted): Promise<Forewarn> {
  const { command, sink, options } = wanted;
  const drain = { type: "exec", ...sink, options: { command, shell: true, cwd: place.path, ...options } };
  const sinks = { drain, audit: fileSink(place) };
  const file = configured(place, { imds: simulator.url, shutdownTimeout: "1s", sinks });
  const agent = forewarn(["run", "-c", file], { env: { TOKEN: "opensesame" } });
  await agent.says("IMDS answers");
  const { EventId } = simulator.schedule({ EventType: "Reboot" });
  await eventually(() => phasesOf(eventsIn(place), EventId).length > 0, agent.stderr);
  return agent;
}

const linesIn = (place: Place, name: string) => {
  const path = join(place.path, name);
  return existsSync(path) ? readFileSync(path, "utf8").trimEnd().split("\n") : [];
};

/** Whether no process of this id runs: none at all, or one that has ended. */
const isGone = (pid: string) => {
  try {
    return / [ZX] /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return true;
  }
};

/** Two processes that do not end, and write their ids into `pids`. */
const hanging = "echo $$ >> pids; (sh -c 'echo $$ >> pids; exec sleep 600'); :";

test.concurrent("a run whose time is up is ended with all that it started, and run again", async () => {
  using place = temporaryPlace();
  await using simulator = await startSimulator();
  const command = `echo "$FOREWARN_ATTEMPT" >> attempts; [ "$FOREWARN_ATTEMPT" -gt 1 ] || { ${hanging}; }`;
  const sink = { timeout: "1s" };
  await using agent = await announced(place, simulator, { command, sink });
  await eventually(() => linesIn(place, "attempts").length >= 2, agent.stderr);
  const pids = linesIn(place, "pids");
  expect(pids).toHaveLength(2);
  expect(pids.every(isGone)).toBe(true);
  expect(await agent.end()).toBe(0);
  expect(agent.stderr()).toContain("sink drain: no answer within 1 s; trying again in");
  expect(agent.stderr()).toContain("sink drain: delivered 1, left 0 on disk, dead 0");
});

test.concurrent(
  "the end of the agent ends a run when shutdownTimeout is over; the next agent runs it again",
  async () => {
    using place = temporaryPlace();
    await using simulator = await startSimulator();
    const sink = { timeout: "1h" };
    await using agent = await announced(place, simulator, { command: hanging, sink });
    await eventually(() => linesIn(place, "pids").length >= 2, agent.stderr);
    expect(linesIn(place, "pids").some(isGone)).toBe(false);
    expect(await agent.end()).toBe(0);
    expect(agent.stderr()).toContain("sink drain: delivered 0, left 1 on disk, dead 0");
    expect(linesIn(place, "pids").every(isGone)).toBe(true);

    await using next = forewarn(["run", "-c", join(place.path, "forewarn.json")]);
    await eventually(() => linesIn(place, "pids").length >= 4, next.stderr);
    next.child.kill("SIGTERM");
    await next.says("stopping");
    // A second signal waits for nothing.
    expect(await next.end("SIGINT")).toBe(130);
    await eventually(() => linesIn(place, "pids").every(isGone), next.stderr);
  },
);

test.concurrent(
  "what it says is in the log, without secrets, and a refusal with its exit code in the dead letters",
  async () => {
    using place = temporaryPlace();
    await using simulator = await startSimulator();
    const command = 'echo "got $FOREWARN_EVENT_TYPE with $TOKEN"; echo "no $TOKEN" >&2; exit 3';
    const options = { env: { TOKEN: "${env:TOKEN}" } };
    await using agent = await announced(place, simulator, { command, options });
    await eventually(() => agent.stderr().includes("will never take"), agent.stderr);
    expect(await agent.end()).toBe(0);
    expect(agent.stderr()).not.toContain("opensesame");
    const said = logOf(agent).filter(({ sink }) => sink === "drain");
    expect(said.map(({ level, message }) => [level, message]).toSorted()).toEqual([
      ["info", "stderr: no [redacted]"],
      ["info", "stdout: got Reboot with [redacted]"],
    ]);
    expect(agent.stderr()).toContain(
      "sink drain will never take 1 of its events (rejected): the shell command ended with exit code 3: no [redacted]",
    );
    expect(agent.stderr()).toContain("sink drain: delivered 0, left 0 on disk, dead 1");
  },
);

test.concurrent(
  "a command that is missing pauses its sink at the start, before any event, and no other sink",
  async () => {
    using place = temporaryPlace();
    await using simulator = await startSimulator();
    const options = { command: "./drain.sh", shell: false };
    await using agent = await announced(place, simulator, { command: "", options });
    const path = join(place.path, "drain.sh");
    expect(agent.stderr()).toContain(
      `sink drain is paused, its events are kept: command not found: ${path} does not exist (ENOENT)`,
    );
    expect(await agent.end()).toBe(0);
    expect(agent.stderr()).toContain("sink drain: delivered 0, left 1 on disk, dead 0");

    place.file("drain.sh", "");
    await using still = forewarn(["run", "-c", join(place.path, "forewarn.json")]);
    await still.says(`(EACCES): it is not executable for the agent's user: chmod +x ${path}`);
    expect(await still.end()).toBe(0);
  },
);

test.concurrent("options that contradict each other name the cure", async () => {
  using place = temporaryPlace();
  await using simulator = await startSimulator();
  const options = { command: "drain.sh --now", shell: false };
  await using agent = await announced(place, simulator, { command: "", options });
  expect(agent.stderr()).toContain("give a list, such as [");
  expect(await agent.end()).toBe(0);
});
