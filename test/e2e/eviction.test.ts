import { readFileSync, writeFileSync } from "node:fs";
import { type Simulator, startSimulator } from "@forewarn/imds-simulator";
import { expect, test } from "vitest";
import { configured } from "./configuration.ts";
import { eventually } from "./eventually.ts";
import { forewarn, type Place, temporaryPlace } from "./forewarn.ts";
import { freePort } from "./free-port.ts";
import { logOf } from "./lines.ts";
import { startTestReceiver } from "./receiver.ts";

/** An agent whose outbox may hold 1 MB, and whose one sink is at a port where perhaps nobody listens. */
async function full(place: Place, simulator: Simulator) {
  const [port, admin] = [await freePort(), await freePort()];
  const file = configured(place, {
    imds: simulator.url,
    admin: `127.0.0.1:${admin}`,
    sinks: {
      hook: {
        type: "webhook",
        when: { types: ["io.forewarn.scheduledevent.scheduled"] },
        options: { url: `http://127.0.0.1:${port}/events` },
      },
    },
  });
  const content = JSON.parse(readFileSync(file, "utf8")) as { readonly state: object };
  writeFileSync(file, JSON.stringify({ ...content, state: { ...content.state, maxSize: "1MB" } }));
  const announce = (count: number) =>
    Array.from({ length: count }, () =>
      simulator.schedule({ EventType: "Reboot", Description: "x".repeat(300_000) }),
    ).map(({ EventId }) => EventId);
  return { port, admin: `http://127.0.0.1:${admin}`, file, announce };
}

interface Numbers {
  readonly sinks: readonly {
    readonly pending: number;
    readonly dead?: number;
    readonly deadLetters?: number;
  }[];
}

async function told(args: readonly string[]): Promise<unknown> {
  await using command = forewarn([...args, "--json"]);
  await command.exited();
  return JSON.parse(command.stdout());
}

/** Asks until the agent has made room of eight announcements. */
async function evicted(file: string): Promise<{ readonly pending: number; readonly dead: number }> {
  for (;;) {
    const [sink] = ((await told(["status", "-c", file])) as Numbers).sinks;
    const { pending = 0, dead = 0 } = sink ?? {};
    if (pending + dead === 8 && pending <= 3) return { pending, dead };
  }
}

/** The evicted dead letters as a person sees them. */
async function letters(file: string): Promise<readonly { readonly reason: string }[]> {
  return ((await told(["dead-letters", "list", "-c", file])) as { deadLetters: { reason: string }[] })
    .deadLetters;
}

test.concurrent(
  "what is evicted while the agent runs is dead in every number, and does not come when the sink is back",
  async () => {
    using place = temporaryPlace();
    await using simulator = await startSimulator();
    const { port, admin, file, announce } = await full(place, simulator);
    await using agent = forewarn(["run", "-c", file]);
    await agent.says("IMDS answers");
    announce(8);
    await agent.says("the outbox is full");
    const { pending, dead } = await evicted(file);
    expect(pending).toBeGreaterThan(0);
    const metrics = await (await fetch(`${admin}/metrics`)).text();
    expect(metrics).toContain(`forewarn_outbox_depth_events{sink="hook"} ${pending}\n`);
    expect(metrics).toContain(
      `forewarn_events_discarded_total{sink="hook",reason="evicted",intentional="false"} ${dead}\n`,
    );
    expect(metrics).toContain(`forewarn_outbox_removed_total{reason="evicted"} ${dead}\n`);
    expect((await letters(file)).map(({ reason }) => reason)).toEqual(Array(dead).fill("evicted"));

    await using receiver = await startTestReceiver(port);
    await agent.says("sink hook takes events again");
    await eventually(() => receiver.events.length === pending, agent.stderr);
    expect(await agent.end()).toBe(0);
    expect(receiver.events).toHaveLength(pending);
    expect(logOf(agent).at(-1)?.message).toBe(
      `sink hook: delivered ${pending}, left 0 on disk, dead ${dead}`,
    );
    expect(await letters(file)).toHaveLength(dead);
  },
);

test.concurrent("a single run says of what it evicted that it is dead, and keeps what fits", async () => {
  using place = temporaryPlace();
  await using simulator = await startSimulator();
  const { file, announce } = await full(place, simulator);
  announce(8);
  await using agent = forewarn(["run", "--once", "--for", "5s", "-c", file]);
  await agent.exited();
  const dead = (await letters(file)).length;
  expect(dead).toBeGreaterThanOrEqual(5);
  expect(dead).toBeLessThan(8);
  const last = `sink hook: delivered 0, left ${8 - dead} on disk, dead ${dead}`;
  expect(logOf(agent).map(({ message }) => message)).toContain(last);
  expect(((await told(["status", "-c", file])) as Numbers).sinks).toMatchObject([
    { pending: 8 - dead, deadLetters: dead },
  ]);
});
