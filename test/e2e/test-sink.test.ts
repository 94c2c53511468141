import { startSimulator } from "@forewarn/imds-simulator";
import { describe, expect, test } from "vitest";
import { configured, fileSink } from "./configuration.ts";
import { eventually } from "./eventually.ts";
import { forewarn, type Place, temporaryPlace } from "./forewarn.ts";
import { freePort } from "./free-port.ts";
import { eventsIn } from "./lines.ts";
import { startTestReceiver } from "./receiver.ts";

async function result(args: readonly string[]) {
  await using agent = forewarn(["test-sink", ...args]);
  const code = await agent.exited();
  return { code, stdout: agent.stdout(), stderr: agent.stderr() };
}

const withHook = (place: Place, url: string, more: object = {}) =>
  configured(place, { sinks: { hook: { type: "webhook", options: { url }, ...more } } });

describe("a sink that takes it", () => {
  test.each(["preempt", "reboot", "freeze", "redeploy", "terminate"])(
    "has a %s marked as a test",
    async (sample) => {
      using place = temporaryPlace();
      await using receiver = await startTestReceiver();
      const { code, stdout, stderr } = await result([
        "hook",
        "--sample",
        sample,
        "-c",
        withHook(place, receiver.url),
      ]);
      expect([code, stderr]).toEqual([0, ""]);
      expect(stdout).toMatch(
        new RegExp(`^✓ hook \\(webhook\\) has the test event \\(${sample}\\) after \\d.*s\\.\n$`),
      );
      expect(receiver.events).toMatchObject([
        {
          type: "io.forewarn.scheduledevent.scheduled",
          data: {
            eventType: sample.charAt(0).toUpperCase() + sample.slice(1),
            simulated: true,
            description: "This is a test by forewarn test-sink. Nothing will happen to this machine.",
          },
        },
      ]);
    },
  );

  test("beside a running agent it is of this VM, stored nowhere, and told again by nobody", async () => {
    using place = temporaryPlace();
    await using simulator = await startSimulator();
    await using receiver = await startTestReceiver();
    const sinks = {
      audit: fileSink(place),
      hook: { type: "webhook", when: { types: ["none"] }, options: { url: receiver.url } },
    };
    const file = configured(place, { imds: simulator.url, sinks });
    await using agent = forewarn(["run", "-c", file]);
    await agent.says("IMDS answers");
    await eventually(() => eventsIn(place).length > 0, agent.stderr);
    const { code, stdout } = await result(["hook", "--json", "-c", file]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      sink: "hook",
      outcome: "delivered",
      wanted: false,
      cure: null,
    });
    const [event] = receiver.events;
    expect(event).toMatchObject({ source: eventsIn(place)[0]?.source, affectsself: true });
    expect((await result(["hook", "-c", file])).stdout).toContain(
      "note: the sink's `when` leaves such events out",
    );
    expect(await agent.end()).toBe(0);
    expect(eventsIn(place).map(({ type }) => type)).not.toContain("io.forewarn.scheduledevent.scheduled");
  });
});

describe("a sink that does not take it: the error, its cure, and an exit code", () => {
  test.each([
    [400, 1, "rejected", "would become a dead letter"],
    [503, 75, "retry", "would be tried again"],
    [401, 78, "misconfigured", "would be paused"],
  ])("status %i", async (status, exit, outcome, cure) => {
    using place = temporaryPlace();
    await using receiver = await startTestReceiver();
    receiver.answer(status);
    const file = withHook(place, receiver.url);
    const { code, stdout } = await result(["hook", "-c", file]);
    expect(code).toBe(exit);
    expect(stdout).toMatch(new RegExp(`^✗ hook \\(webhook\\): ${outcome} after .*${status}`));
    expect(stdout).toContain(cure);
    expect(JSON.parse((await result(["hook", "--json", "-c", file])).stdout)).toMatchObject({
      outcome,
      status,
    });
  });

  test("nobody listens, and nobody answers in time", async () => {
    using place = temporaryPlace();
    const closed = await result(["hook", "-c", withHook(place, `http://127.0.0.1:${await freePort()}/`)]);
    expect(closed).toMatchObject({ code: 75, stdout: expect.stringContaining("ECONNREFUSED") as string });
    await using simulator = await startSimulator();
    simulator.respondWith(() => "hang");
    const silent = withHook(place, `${simulator.url}/metadata/instance`, { timeout: "1s" });
    const slow = await result(["hook", "-c", silent]);
    expect(slow).toMatchObject({
      code: 75,
      stdout: expect.stringContaining("no answer within 1 s") as string,
    });
  });
});

test.concurrent.each([
  [[], "forewarn test-sink takes one NAME of a sink"],
  [["a", "b"], "forewarn test-sink takes one NAME of a sink"],
  [
    ["hook", "--sample", "flood"],
    'forewarn: --sample takes one of preempt, reboot, freeze, redeploy, terminate, got "flood"',
  ],
])("%j: exit 64 and one line", async (args, message) => {
  expect(await result(args)).toEqual({ code: 64, stdout: "", stderr: `${message}\n` });
});

test("a name that is no sink's: exit 64 with the name that was meant", async () => {
  using place = temporaryPlace();
  const file = withHook(place, "http://127.0.0.1:9/");
  expect(await result(["hok", "-c", file])).toEqual({
    code: 64,
    stdout: "",
    stderr: `forewarn: ${file} has no sink "hok": did you mean hook?\n`,
  });
});
