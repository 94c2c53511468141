import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Simulator, startSimulator } from "@forewarn/imds-simulator";
import { expect, test } from "vitest";
import { configured, fileSink } from "./configuration.ts";
import { eventually } from "./eventually.ts";
import { type Forewarn, forewarn, type Place, temporaryPlace } from "./forewarn.ts";

/** Takes events only while the file `good` is there, and writes what it takes. */
const picky = (place: Place) => `
import { defineSink, RejectError, Secret, Type } from "@forewarn/sdk";
import { appendFileSync, existsSync } from "node:fs";
export default defineSink({
  type: "picky",
  summary: "Takes events while it is in the mood.",
  options: Type.Object({ token: Type.Optional(Secret()) }),
  open: ({ token }) => ({
    async deliver(batch) {
      if (!existsSync(${JSON.stringify(join(place.path, "good"))}))
        throw new RejectError("not in the mood", { status: 422, excerpt: "no\\u001b[31m thanks, " + token });
      const lines = batch.events.map(({ id }) => JSON.stringify({ id, replayed: batch.replayed === true }));
      appendFileSync(${JSON.stringify(join(place.path, "taken"))}, lines.join("\\n") + "\\n");
    },
  }),
});
`;

interface Taken {
  readonly id: string;
  readonly replayed: boolean;
}

function takenIn(place: Place): readonly Taken[] {
  try {
    const lines = readFileSync(join(place.path, "taken"), "utf8").trimEnd().split("\n");
    return lines.map((line) => JSON.parse(line) as Taken);
  } catch {
    return [];
  }
}

async function result(args: readonly string[]) {
  await using agent = forewarn(["dead-letters", ...args]);
  const code = await agent.exited();
  return { code, stdout: agent.stdout(), stderr: agent.stderr() };
}

interface Listed {
  readonly deadLetters: readonly (Taken & { readonly sink: string; readonly reason: string })[];
}

async function listed(file: string, ...args: readonly string[]): Promise<Listed["deadLetters"]> {
  const { code, stdout, stderr } = await result(["list", "--json", "-c", file, ...args]);
  expect([code, stderr]).toEqual([0, ""]);
  return (JSON.parse(stdout) as Listed).deadLetters;
}

/** An agent with a sink that has refused the announcement of a reboot. */
async function refused(place: Place, simulator: Simulator) {
  place.file("picky.mjs", picky(place));
  const mine = {
    type: "./picky.mjs",
    when: { types: ["io.forewarn.scheduledevent.*"] },
    options: { token: "${env:TOKEN}" },
  };
  const file = configured(place, { imds: simulator.url, sinks: { mine, audit: fileSink(place) } });
  const agent = forewarn(["run", "-c", file], { env: { TOKEN: "opensesame" } });
  await agent.says("IMDS answers");
  const { EventId } = simulator.schedule({ EventType: "Reboot" });
  await agent.says("will never take 1 of its events");
  const id = `${EventId.toLowerCase()}:scheduled`;
  await eventuallyListed(file, agent);
  return {
    file,
    agent,
    id,
    EventId,
    run: () => forewarn(["run", "-c", file], { env: { TOKEN: "opensesame" } }),
  };
}

/** A settlement is written within 5 ms of the word in the log. */
async function eventuallyListed(file: string, agent: Forewarn): Promise<void> {
  for (let round = 0; (await listed(file)).length === 0; round++) {
    if (round > 20) throw new Error(agent.stderr());
  }
}

const inGoodMood = (place: Place) => writeFileSync(join(place.path, "good"), "");

test("beside a running agent: list, show, replay under the same id, and the list is empty", async () => {
  using place = temporaryPlace();
  await using simulator = await startSimulator();
  const { file, agent, id, EventId } = await refused(place, simulator);
  await using _ = agent;
  expect(await listed(file)).toMatchObject([
    {
      id,
      sink: "mine",
      reason: "rejected",
      message: "not in the mood",
      status: 422,
      attempts: 1,
      excerpt: "no\u001b[31m thanks, [redacted]",
      event: { id, data: { eventType: "Reboot" } },
    },
  ]);
  expect(await listed(file, "--sink", "audit")).toEqual([]);
  expect(await listed(file, "--reason", "expired")).toEqual([]);
  expect(await listed(file, "--since", "1h", "--sink", "mine")).toHaveLength(1);
  expect(await listed(file, "--since", new Date(Date.now() + 60_000).toISOString())).toEqual([]);

  const table = await result(["list", "-c", file]);
  expect(table.stdout).toMatch(
    /^GIVEN UP +SINK +REASON +TRIES +EVENT +ID\n.* mine +rejected +1 +SCHEDULED Reboot of /,
  );
  const shown = await result(["show", EventId, "-c", file]);
  expect(shown.code).toBe(0);
  expect(shown.stdout).toContain("rejected: not in the mood (status 422)");
  expect(shown.stdout).toMatch(/answer +no\[31m thanks, \[redacted\]\n/);

  inGoodMood(place);
  const replayed = await result(["replay", "--sink", "mine", "-c", file]);
  expect(replayed).toMatchObject({ code: 0, stderr: "" });
  expect(replayed.stdout).toMatch(/^mine gets 1 event again, under the same ids/);
  await eventually(() => takenIn(place).length > 0, agent.stderr);
  expect(takenIn(place)).toEqual([{ id, replayed: true }]);
  simulator.start(EventId);
  await eventually(() => takenIn(place).length > 1, agent.stderr);
  expect(takenIn(place)[1]?.replayed).toBe(false);
  expect(await listed(file)).toEqual([]);
  expect(await agent.end()).toBe(0);
});

test("without an agent: a replay waits for the next one, also when that is killed before the sink takes it", async () => {
  using place = temporaryPlace();
  await using simulator = await startSimulator();
  const { file, agent, id, run } = await refused(place, simulator);
  expect(await agent.end()).toBe(0);
  expect((await result(["replay", id, "-c", file])).code).toBe(0);
  expect(await listed(file)).toEqual([]);

  const again = run();
  await again.says("will never take 1 of its events");
  expect(await again.end("SIGKILL")).toBe("SIGKILL");
  inGoodMood(place);
  await using last = run();
  await last.says("IMDS answers");
  // The kill may have come before its new end was on disk; then it is still on its way.
  await result(["replay", "--all", "-c", file]);
  await eventually(() => takenIn(place).some((taken) => taken.id === id), last.stderr);
  expect(takenIn(place).find((taken) => taken.id === id)?.replayed).toBe(true);
  expect(await last.end()).toBe(0);
});

test("purge asks or needs --yes, and what was purged says so", async () => {
  using place = temporaryPlace();
  await using simulator = await startSimulator();
  const { file, agent, id } = await refused(place, simulator);
  await using _ = agent;
  const unasked = await result(["purge", "--all", "-c", file]);
  expect(unasked).toEqual({
    code: 64,
    stdout: "",
    stderr: "forewarn dead-letters purge needs --yes: nobody can be asked here\n",
  });
  expect(await listed(file)).toHaveLength(1);
  const purged = await result(["purge", "--all", "--yes", "-c", file]);
  expect(purged).toEqual({ code: 0, stdout: "1 dead letter is put away for good.\n", stderr: "" });
  expect(await listed(file)).toEqual([]);
  expect(await listed(file, "--reason", "purged")).toMatchObject([{ id, reason: "purged" }]);
  const replayed = await result(["replay", id, "-c", file]);
  expect(replayed).toEqual({
    code: 1,
    stdout: "Nothing to replay.\n",
    stderr: `forewarn dead-letters: ${id} of mine cannot be replayed: it was purged: a person has put it away for good\n`,
  });
  expect((await result(["show", id, "-c", file])).stdout).toContain(
    "purged (put away for good): not in the mood",
  );
});

test.concurrent.each([
  [["lst"], 'forewarn dead-letters knows list, show, replay, purge, not "lst"'],
  [["list", "x"], "forewarn dead-letters list takes no ID: show does"],
  [["show"], "forewarn dead-letters show takes an ID: list has them"],
  [["replay"], "forewarn dead-letters replay: say which: an ID, --sink, --reason, --since, or --all"],
  [["purge", "--yes"], "forewarn dead-letters purge: say which: an ID, --sink, --reason, --since, or --all"],
  [["replay", "x", "--all"], "forewarn: --all does not go with an ID"],
  [["list", "--all"], "forewarn: --all goes with replay and purge"],
  [
    ["list", "--reason", "tired"],
    'forewarn: --reason takes one of rejected, expired, evicted, corrupt, purged, got "tired"',
  ],
  [
    ["list", "--since", "soon"],
    'forewarn: --since takes a duration such as 2h or 7d, or a time such as 2026-11-28T06:00:00Z, got "soon"',
  ],
])("%j: exit 64 and one line", async (args, message) => {
  expect(await result(args)).toEqual({ code: 64, stdout: "", stderr: `${message}\n` });
});

test("no state, an unknown id, a damaged outbox: a sentence and exit 1", async () => {
  using place = temporaryPlace();
  await using simulator = await startSimulator();
  const file = configured(place, { imds: simulator.url, sinks: { audit: fileSink(place) } });
  const state = join(place.path, "state");
  const missing = await result(["list", "-c", file]);
  expect(missing).toEqual({
    code: 1,
    stdout: "",
    stderr: `forewarn dead-letters: there is no outbox in ${state}: no agent has run with this state directory yet, or it is another one [STATE_MISSING]\n`,
  });
  await using agent = forewarn(["run", "-c", file]);
  await agent.says("IMDS answers");
  expect(await result(["list", "--state", state])).toEqual({
    code: 0,
    stdout: "No dead letters.\n",
    stderr: "",
  });
  const unknown = await result(["replay", "no-such-id", "-c", file]);
  expect([unknown.code, unknown.stdout]).toEqual([1, "Nothing to replay.\n"]);
  expect(unknown.stderr).toContain('no dead letter "no-such-id" is meant');
  expect(await agent.end()).toBe(0);
  for (const suffix of ["-wal", "-shm"]) rmSync(join(state, `outbox.db${suffix}`), { force: true });
  writeFileSync(join(state, "outbox.db"), "this is no database, but long enough to be looked at".repeat(100));
  const damaged = await result(["list", "-c", file]);
  expect(damaged.code).toBe(1);
  expect(damaged.stderr).toMatch(/outbox\.db is damaged .*: start the agent, .*\n$/);
});
