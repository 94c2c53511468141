import { startSimulator } from "@forewarn/imds-simulator";
import { expect, test } from "vitest";
import { configured, fileSink } from "./configuration.ts";
import { eventually } from "./eventually.ts";
import { forewarn, temporaryPlace } from "./forewarn.ts";
import { dataOf, eventsIn, typesOf } from "./lines.ts";

interface Told {
  readonly instance: { readonly compute: Readonly<Record<string, unknown>> };
  readonly changes: readonly unknown[];
  readonly vm: Readonly<Record<string, unknown>>;
}

test.concurrent(
  "a VM whose tags and size change while it is watched, and again while nobody does",
  async () => {
    using place = temporaryPlace();
    await using simulator = await startSimulator();
    simulator.updateVm({ tags: { env: "prod", owner: "canary" }, userData: "canary" });
    const file = configured(place, {
      imds: simulator.url,
      sinks: { audit: fileSink(place) },
      metadata: { interval: "1s", redact: ["/**/adminUsername"], tags: { exclude: ["own*"] } },
    });
    const types = () => typesOf(eventsIn(place)).filter((type) => type.startsWith("instance."));
    const first = forewarn(["run", "-c", file]);
    await eventually(() => types().length > 0, first.stderr);
    simulator.updateVm({ tags: { env: "test", owner: "canary 2" } });
    await eventually(() => types().length > 1, first.stderr);
    expect(await first.end()).toBe(0);
    expect(types()).toEqual(["observed", "changed"].map((kind) => `instance.${kind}`));

    simulator.updateVm({ vmSize: "Standard_D8s_v5" });
    const second = forewarn(["run", "--once", "-c", file]);
    expect(await second.exited()).toBe(0);
    expect(types().slice(2)).toEqual(["changed", "observed"].map((kind) => `instance.${kind}`));
    const third = forewarn(["run", "--once", "-c", file]);
    expect(await third.exited()).toBe(0);
    expect(types()).toHaveLength(4);

    const told = eventsIn(place)
      .filter(({ type }) => type.startsWith("io.forewarn.instance."))
      .map((event) => dataOf<Told>(event));
    expect(told[0]?.instance.compute["tags"]).toEqual({ env: "prod" });
    expect(told[0]?.instance.compute["osProfile"]).not.toHaveProperty("adminUsername");
    expect(told[1]?.changes).toEqual([{ path: "/compute/tags/env", from: "prod", to: "test" }]);
    expect(told[2]).toMatchObject({
      changes: [{ path: "/compute/vmSize", to: "Standard_D8s_v5" }],
      vm: { size: "Standard_D8s_v5", tags: { env: "test" } },
    });
    expect(JSON.stringify(eventsIn(place))).not.toContain("canary");
  },
);

test.concurrent(
  "a process that stands still says so when it goes on, beside Azure's own word; and that it is alive",
  async () => {
    using place = temporaryPlace();
    await using simulator = await startSimulator();
    const file = configured(place, {
      imds: simulator.url,
      heartbeat: "1s",
      sinks: { audit: fileSink(place) },
    });
    await using agent = forewarn(["run", "-c", file]);
    await agent.says("IMDS answers");
    const { EventId } = simulator.schedule({ EventType: "Freeze", DurationInSeconds: 5 });
    simulator.start(EventId);
    const types = () => typesOf(eventsIn(place));
    await eventually(() => types().includes("scheduledevent.started"), agent.stderr);
    await eventually(() => types().includes("agent.heartbeat"), agent.stderr);
    agent.child.kill("SIGSTOP");
    await new Promise((resolve) => setTimeout(resolve, 4000));
    agent.child.kill("SIGCONT");
    await eventually(() => types().includes("agent.stalled"), agent.stderr);
    expect(await agent.end()).toBe(0);
    const stalled = eventsIn(place).find(({ type }) => type === "io.forewarn.agent.stalled");
    expect(stalled).toMatchObject({
      severitytext: "WARN",
      data: {
        clock: "monotonic",
        scheduledEvent: { eventId: EventId, eventType: "Freeze", durationSeconds: 5 },
      },
    });
    expect(dataOf<{ gapMs: number }>(stalled).gapMs).toBeGreaterThanOrEqual(2000);
  },
);
