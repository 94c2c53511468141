import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { startSimulator } from "@forewarn/imds-simulator";
import { type CloudEvent, eventDeclarations, eventSchema } from "@forewarn/sdk";
import { createAjv } from "@forewarn/sdk/ajv";
import { expect, test } from "vitest";
import { eventually } from "./eventually.ts";
import { forewarn, temporaryPlace } from "./forewarn.ts";
import { byId } from "./lines.ts";
import { startTestReceiver } from "./receiver.ts";

const config = (imds: string, state: string, receiver: string) => `
imds: { endpoint: "${imds}", pollInterval: 100ms }
state: { path: ${state} }
admin: off
sinks:
  file: { type: file, options: { path: ${state}/events.ndjson } }
  hook: { type: webhook, options: { url: "${receiver}" } }
`;

test("the main job: from IMDS through disk to a webhook and a file", async () => {
  using place = temporaryPlace();
  await using simulator = await startSimulator();
  await using receiver = await startTestReceiver();
  const file = place.file("forewarn.yaml", config(simulator.url, place.path, receiver.url));
  await using agent = forewarn(["run", "-c", file]);
  const types = () => receiver.events.map(({ type }) => type.replace("io.forewarn.", ""));
  const arrived = (type: string) => eventually(() => types().includes(type), agent.stderr);
  // What is urgent would overtake it.
  await arrived("agent.started");

  const reboot = simulator.schedule({ EventType: "Reboot" });
  await arrived("scheduledevent.scheduled");
  await arrived("instance.observed");
  simulator.start(reboot.EventId);
  await arrived("scheduledevent.started");
  simulator.remove(reboot.EventId);
  await arrived("scheduledevent.completed");
  expect(await agent.end("SIGTERM")).toBe(0);

  // What the VM is is told beside it, as soon as both are known.
  expect(types().filter((type) => type !== "instance.observed")).toEqual([
    "agent.started",
    "scheduledevent.scheduled",
    "scheduledevent.started",
    "scheduledevent.completed",
    "agent.stopped",
  ]);
  expect(receiver.events.find(({ type }) => type.endsWith("event.scheduled"))).toMatchObject({
    id: `${reboot.EventId.toLowerCase()}:scheduled`,
    affectsself: true,
    severitytext: "ERROR",
    data: { eventType: "Reboot", vm: { name: simulator.vm.name } },
  });

  const lines = readFileSync(join(place.path, "events.ndjson"), "utf8").trimEnd().split("\n");
  const written = lines.map((line) => JSON.parse(line) as CloudEvent);
  // Each sink keeps the order of a story, and goes from story to story at its own pace.
  expect(byId(written)).toEqual(byId(receiver.events));
  const ajv = createAjv();
  for (const event of receiver.events) {
    const declaration = eventDeclarations.find(({ type }) => type === event.type);
    const validate = ajv.compile(eventSchema(declaration as (typeof eventDeclarations)[number]));
    expect(validate(event), ajv.errorsText(validate.errors)).toBe(true);
  }
  expect(agent.stderr()).toContain("sink hook: delivered 6, left 0 on disk, dead 0");
  expect(agent.stderr()).toContain("sink file: delivered 6, left 0 on disk, dead 0");
  expect(statSync(join(place.path, "outbox.db")).mode & 0o777).toBe(0o600);
});

test("run --simulate plays a scenario through any configuration, shows it, and sums it up", async () => {
  using place = temporaryPlace();
  const file = place.file(
    "forewarn.yaml",
    `imds: { pollInterval: 100ms }
sinks:
  audit: { type: file, options: { path: events.ndjson } }
  hook: { type: webhook, options: { url: "\${env:FOREWARN_RECEIVER_URL}", secret: "\${env:FOREWARN_RECEIVER_SECRET}" } }
`,
  );
  await using agent = forewarn(
    ["run", "--simulate", "preempt-spot", "--time-scale", "300", "--print", "-c", file],
    {
      cwd: place.path,
    },
  );
  expect(await agent.exited()).toBe(0);
  expect(agent.stdout()).toMatch(/SCHEDULED +Preempt of web-01/);
  expect(agent.stdout()).toMatch(/COMPLETED +Preempt of web-01/);
  expect(agent.stdout()).toMatch(/audit \(\d+ ms\)/);
  expect(agent.stdout()).toMatch(/Preempt +scheduled → started → completed/);
  expect(agent.stdout()).toMatch(/right signature, 0 refused, 0 duplicates/);
  const events = readFileSync(join(place.path, "events.ndjson"), "utf8").trimEnd().split("\n");
  expect(events).toHaveLength(6);
  expect(JSON.parse(events[1] as string)).toMatchObject({ data: { simulated: true } });
});

test("run --simulate plays no story faster than all of it can be seen, and says so", async () => {
  using place = temporaryPlace();
  const file = place.file(
    "forewarn.yaml",
    "sinks: { audit: { type: file, options: { path: events.ndjson } } }\n",
  );
  const args = ["run", "--simulate", "demo", "--time-scale", "60", "-c", file];
  await using agent = forewarn(args, { cwd: place.path });
  expect(await agent.exited()).toBe(0);
  expect(agent.stderr()).toContain("time scale 5, not 60: the shortest part of the story");
  expect(agent.stdout()).toMatch(/Reboot .*\n.*Freeze .*\n.*Preempt /);
});

test("run --simulate --json prints one object per delivery and a summary", async () => {
  using place = temporaryPlace();
  const file = place.file(
    "forewarn.yaml",
    "sinks: { audit: { type: file, options: { path: events.ndjson } } }\n",
  );
  await using agent = forewarn(
    ["run", "--simulate", "cancelled", "--time-scale", "300", "--print", "--json", "-c", file],
    {
      cwd: place.path,
    },
  );
  expect(await agent.exited()).toBe(0);
  const lines = agent
    .stdout()
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(lines.at(-1)).toMatchObject({
    summary: {
      stories: [{ eventType: "Freeze", phases: ["scheduled", "canceled"] }],
      sinks: [{ sink: "audit", left: 0 }],
    },
  });
});
