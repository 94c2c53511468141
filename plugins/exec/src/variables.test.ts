import { existsSync, readFileSync } from "node:fs";
import type { Batch, ForewarnEvent } from "@forewarn/sdk";
import { describe, expect, it } from "vitest";
import { batchOf, eventOf, open, pathOf, program, read, script } from "./fixtures/commands.ts";
import { eventVariables, scheduledEventVariables, type Variable, variablesOf } from "./variables.ts";

const now = Date.parse("2026-11-22T20:15:13.500Z");
const of = (event: ForewarnEvent, batch: Partial<Batch> = {}) =>
  variablesOf({ event, batch: { attempt: 2, ...batch }, sink: "drain", now });

it("a scheduled event, whole", () => {
  expect(of(eventOf())).toEqual({
    FOREWARN_TYPE: "io.forewarn.scheduledevent.scheduled",
    FOREWARN_ID: "e1:scheduled",
    FOREWARN_SOURCE: "/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/web-01",
    FOREWARN_SUBJECT: "e1",
    FOREWARN_TIME: "2026-11-22T20:15:03.123Z",
    FOREWARN_SEVERITY: "error",
    FOREWARN_AFFECTS_SELF: "true",
    FOREWARN_VM_NAME: "web-01",
    FOREWARN_SINK: "drain",
    FOREWARN_ATTEMPT: "2",
    FOREWARN_LATE: "false",
    FOREWARN_REPLAYED: "false",
    FOREWARN_SIMULATED: "false",
    FOREWARN_EVENT_ID: "E1",
    FOREWARN_PHASE: "scheduled",
    FOREWARN_EVENT_TYPE: "Reboot",
    FOREWARN_STATUS: "Scheduled",
    FOREWARN_EVENT_SOURCE: "Platform",
    FOREWARN_IMPACT: "error",
    FOREWARN_NOT_BEFORE: "2026-11-22T20:30:03.000Z",
    FOREWARN_SECONDS_LEFT: "889",
    FOREWARN_NOTICE_MS: "899877",
    FOREWARN_DURATION_SECONDS: "",
    FOREWARN_RESOURCES: "web-01\ndb-02",
    FOREWARN_OUTCOME: "",
    FOREWARN_OCCURRENCE: "1",
    FOREWARN_DESCRIPTION: "Host server is undergoing maintenance.",
  });
});

it("another event has the same variables, empty where they mean nothing", () => {
  const { vm } = eventOf().data;
  const event = {
    ...eventOf(),
    type: "io.forewarn.agent.stopped",
    data: { version: "1", uptimeMs: 1, simulated: true, vm },
  } as unknown as ForewarnEvent;
  const { affectsself: _, subject: __, ...bare } = event;
  const variables = of(bare as ForewarnEvent, { late: true, replayed: true });
  expect(Object.keys(variables)).toEqual(Object.keys(of(eventOf())));
  expect(variables).toMatchObject({
    FOREWARN_TYPE: "io.forewarn.agent.stopped",
    FOREWARN_AFFECTS_SELF: "",
    FOREWARN_SUBJECT: "",
    FOREWARN_PHASE: "",
    FOREWARN_RESOURCES: "",
    FOREWARN_LATE: "true",
    FOREWARN_REPLAYED: "true",
    FOREWARN_SIMULATED: "true",
  });
});

it("the time left is never below 0, and empty where NotBefore is not known", () => {
  expect(of(eventOf({ notBefore: "2026-11-22T20:15:13.000Z" }))["FOREWARN_SECONDS_LEFT"]).toBe("0");
  expect(of(eventOf({ notBefore: "2026-11-22T20:15:15.400Z" }))["FOREWARN_SECONDS_LEFT"]).toBe("1");
  expect(of(eventOf({ notBefore: null }))).toMatchObject({
    FOREWARN_SECONDS_LEFT: "",
    FOREWARN_NOT_BEFORE: "",
  });
});

it("a value that no environment could carry is left out, not cut", () => {
  const resources = Array.from({ length: 5000 }, (_, index) => `vm-${index}`);
  const variables = of(eventOf({ resources, description: "é".repeat(16_000) }));
  expect(Object.keys(variables)).not.toContain("FOREWARN_RESOURCES");
  expect(variables["FOREWARN_DESCRIPTION"]).toHaveLength(16_000);
});

describe("in a real process", () => {
  const environment = 'fs.writeFileSync("got", JSON.stringify(process.env))';

  it("values arrive byte for byte, and nothing in them is run", async () => {
    const description =
      "a\nFOREWARN_PHASE=completed\n$(touch pwned) `touch pwned` ; touch pwned & 'Ü€😀\" \\";
    const resources = ["$(touch pwned)", "-rf", "a b\u0000c"];
    const { deliver } = await open({ command: program(environment) });
    await deliver(batchOf(eventOf({ description, resources })));
    expect(JSON.parse(read("got"))).toMatchObject({
      FOREWARN_DESCRIPTION: description,
      FOREWARN_RESOURCES: "$(touch pwned)\n-rf\na b\uFFFDc",
      FOREWARN_PHASE: "scheduled",
      FOREWARN_SINK: "drain",
    });
    expect(existsSync(pathOf("pwned"))).toBe(false);
  });

  it("a shell command that quotes them is safe", async () => {
    const command = 'printf %s "$FOREWARN_DESCRIPTION" > got';
    const { deliver } = await open({ command, shell: true });
    const description = '"; touch pwned; echo "$(touch pwned)';
    await deliver(batchOf(eventOf({ description })));
    expect(read("got")).toBe(description);
    expect(existsSync(pathOf("pwned"))).toBe(false);
  });

  it("each is set, so that a script with `set -u` finds it", async () => {
    const { deliver } = await open({ command: script('set -eu; : "$FOREWARN_OUTCOME"; echo yes > got') });
    await deliver();
    expect(read("got")).toBe("yes\n");
  });

  it("the largest that are passed on can be started", async () => {
    const { deliver } = await open({ command: program(environment) });
    const large = "x".repeat(32_000);
    await deliver(
      batchOf(eventOf({ description: large, eventId: large, resources: [large], status: large })),
    );
    expect(JSON.parse(read("got"))).toMatchObject({ FOREWARN_STATUS: large });
  });
});

it("the README has every variable", () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  const rowsOf = (variables: readonly Variable[]) =>
    variables.map(({ name, meaning }) => `\`${name}\` | ${meaning}`);
  const rows = [...readme.matchAll(/^\| (`FOREWARN_\w+`) +\| (.*?) +\|$/gm)];
  expect(rows.map(([, name, meaning]) => `${name} | ${meaning}`)).toEqual([
    ...rowsOf(eventVariables),
    ...rowsOf(scheduledEventVariables),
  ]);
});
