import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Simulator, startSimulator } from "@forewarn/imds-simulator";
import { describe, expect, test } from "vitest";
import { configured, fileSink } from "./configuration.ts";
import { eventually } from "./eventually.ts";
import { forewarn, type Place, temporaryPlace } from "./forewarn.ts";
import { dataOf, eventsIn, phasesOf } from "./lines.ts";

async function approve(args: readonly string[]) {
  await using command = forewarn(["approve", ...args], { env: { SUDO_USER: "alice" } });
  const code = await command.exited();
  return { code, stdout: command.stdout(), stderr: command.stderr() };
}

const posts = ({ requests }: Pick<Simulator, "requests">) =>
  requests.filter(({ method }) => method === "POST").length;

function configuration(place: Place, simulator: Simulator): string {
  return configured(place, { imds: simulator.url, sinks: { audit: fileSink(place) } });
}

async function running(place: Place, simulator: Simulator) {
  const file = configuration(place, simulator);
  const agent = forewarn(["run", "-c", file]);
  await agent.says("IMDS answers");
  return { file, agent };
}

async function eventuallyTold(place: Place, id: string, phases: readonly string[]) {
  const told = () => phasesOf(eventsIn(place), id);
  await eventually(
    () => told().length >= phases.length,
    () => told().join(),
  );
  expect(told()).toEqual(phases);
}

describe("beside a running agent", () => {
  test.concurrent("the agent does it, knows it, and tells who wanted it", async () => {
    using place = temporaryPlace();
    await using simulator = await startSimulator();
    const { file, agent } = await running(place, simulator);
    await using _ = agent;
    const { EventId } = simulator.schedule({ EventType: "Reboot" });
    await eventuallyTold(place, EventId, ["scheduled"]);
    const { code, stdout } = await approve([EventId.slice(0, 8).toLowerCase(), "--yes", "-c", file]);
    expect(stdout).toBe(
      `Reboot of web-01 (${EventId}) is approved: Azure may start it at any moment. The running agent has told Azure, and tells its sinks.\n`,
    );
    expect([code, posts(simulator)]).toEqual([0, 1]);
    await eventuallyTold(place, EventId, ["scheduled", "approved", "started"]);
    const approved = eventsIn(place).find(({ type }) => type.endsWith(".approved"));
    expect(dataOf(approved)).toMatchObject({ approval: { by: "command", user: "alice" } });
    const history = forewarn(["history", "-c", file, "--event-id", EventId]);
    await history.exited();
    expect(history.stdout()).toMatch(
      /APPROVED +Reboot of web-01 may start now, by alice with forewarn approve/,
    );
  });

  test.concurrent("an event that vanishes afterwards was not cancelled", async () => {
    using place = temporaryPlace();
    await using simulator = await startSimulator();
    const { file, agent } = await running(place, simulator);
    await using _ = agent;
    const { EventId } = simulator.schedule({ EventType: "Reboot" });
    await eventuallyTold(place, EventId, ["scheduled"]);
    // Accepted, and over before anybody looks again.
    simulator.respondWith(({ method }) => {
      if (method !== "POST") return undefined;
      simulator.remove(EventId);
      return { status: 200 };
    });
    expect(await approve([EventId, "--yes", "--json", "-c", file])).toMatchObject({ code: 0 });
    await eventuallyTold(place, EventId, ["scheduled", "approved", "ended"]);
    expect(dataOf(eventsIn(place).at(-1))).toMatchObject({ outcome: "removed-after-approval" });
  });

  test.concurrent("what Azure refuses is said, with exit code 1", async () => {
    using place = temporaryPlace();
    await using simulator = await startSimulator();
    const { file, agent } = await running(place, simulator);
    await using _ = agent;
    const { EventId } = simulator.schedule({ EventType: "Reboot" });
    simulator.respondWith(({ method }) => (method === "POST" ? 400 : undefined));
    const { code, stdout, stderr } = await approve([EventId, "--yes", "-c", file]);
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toContain(`Reboot of web-01 (${EventId}) is not approved: POST ${simulator.url}`);
    await agent.says("is not approved, and not asked for again");
  });
});

describe("without an agent", () => {
  test.concurrent("it takes the agent's place, and the next one tells all of it", async () => {
    using place = temporaryPlace();
    await using simulator = await startSimulator();
    const first = await running(place, simulator);
    await first.agent.end();
    const { EventId } = simulator.schedule({ EventType: "Reboot" });
    const { code, stdout } = await approve([EventId, "-y", "-c", first.file]);
    expect([code, posts(simulator)]).toEqual([0, 1]);
    expect(stdout).toContain("No agent is running: it is noted in the state directory");
    const second = await running(place, simulator);
    await using _ = second.agent;
    await eventuallyTold(place, EventId, ["scheduled", "approved", "started"]);
  });

  test.concurrent("and keeps and tells no more of the VM than the agent may", async () => {
    using place = temporaryPlace();
    await using simulator = await startSimulator({ vm: { tags: { env: "test" } } });
    const file = configured(place, {
      imds: simulator.url,
      sinks: { audit: fileSink(place) },
      metadata: { redact: ["/compute/osProfile"], tags: { exclude: ["internal-*"] } },
    });
    const once = async () => {
      await using agent = forewarn(["run", "--once", "-c", file]);
      expect(await agent.exited()).toBe(0);
    };
    await once();
    simulator.updateVm({ tags: { env: "prod", "internal-owner": "canary" } });
    const { EventId } = simulator.schedule({ EventType: "Reboot" });
    expect((await approve([EventId, "-y", "-c", file])).code).toBe(0);
    await once();
    const told = JSON.stringify(eventsIn(place));
    expect(told).toContain('"env":"prod"');
    const kept = readFileSync(join(place.path, "state", "outbox.db"), "latin1");
    for (const text of [told, kept]) expect(text).not.toMatch(/canary|computerName/);
  });

  test.concurrent("and without a state directory Azure is told directly", async () => {
    using place = temporaryPlace();
    await using simulator = await startSimulator();
    const { EventId } = simulator.schedule({ EventType: "Reboot" });
    const nowhere = join(place.path, "nowhere");
    const { code, stdout } = await approve([EventId, "-y", "--state", nowhere, "--endpoint", simulator.url]);
    expect([code, posts(simulator)]).toEqual([0, 1]);
    expect(stdout).toContain(`There is no state directory at ${nowhere}: Azure was told directly`);
  });
});

describe("what cannot be approved", () => {
  test.concurrent("is said with what to do, and nothing is sent", async () => {
    using place = temporaryPlace();
    await using simulator = await startSimulator();
    mkdirSync(join(place.path, "state"));
    const at = ["--state", join(place.path, "state"), "--endpoint", simulator.url];
    const id = (n: number) => `C7061BA${n}-AFDC-4513-B24B-AA5F13A16123`;
    const self = simulator.vm.name;
    simulator.schedule({ EventType: "Reboot", EventId: id(1), Resources: [self, "web-02"] });
    simulator.schedule({ EventType: "Reboot", EventId: id(2), Resources: ["web-02"] });
    simulator.schedule({ EventType: "Reboot", EventId: id(3), EventStatus: "Started" });
    const said = async (...args: readonly string[]) => (await approve([...args, "-y", ...at])).stderr;
    expect(await said(id(1))).toContain("it would start on web-02, too: --shared allows that");
    expect(await said(id(2), "--shared")).toContain("it does not name this VM, web-01: approve it on web-02");
    expect(await said(id(3))).toContain("it has started already");
    const unknown = await said("C7061BA9-AFDC-4513-B24B-AA5F13A16123");
    expect(unknown).toContain("did you mean C7061BA1-AFDC-4513-B24B-AA5F13A16123?");
    // What there is.
    expect(unknown).toContain(id(2));
    expect(await said("C7061")).toContain("3 events begin with C7061: write more of the id");
    const dry = await approve([id(1), "--shared", "--dry-run", "--json", ...at]);
    expect([dry.code, JSON.parse(dry.stdout)]).toEqual([
      0,
      { eventId: id(1), outcome: "dry-run", message: "" },
    ]);
    expect(await approve([id(1), "--shared", ...at])).toMatchObject({
      code: 64,
      stderr: "forewarn approve needs --yes: nobody can be asked here\n",
    });
    expect(posts(simulator)).toBe(0);
    const granted = await approve([id(1), "--shared", "-y", ...at]);
    expect([granted.code, posts(simulator)]).toEqual([0, 1]);
  });
});
