import { type Simulator, startSimulator } from "@forewarn/imds-simulator";
import { describe, expect, test } from "vitest";
import {
  type BadDestination,
  forbiddenCommand,
  missingRight,
  missingRole,
  revokedWebhook,
  takenPath,
  wrongHub,
  wrongKey,
  wrongToken,
} from "./bad-destinations.ts";
import { configured, fileSink } from "./configuration.ts";
import { eventually } from "./eventually.ts";
import { type Forewarn, forewarn, type Place, temporaryPlace } from "./forewarn.ts";
import { eventsIn, logOf } from "./lines.ts";

/** What the log says of each, once. */
const cases: readonly (readonly [
  name: string,
  start: (place: Place) => Promise<BadDestination>,
  says: RegExp,
])[] = [
  [
    "an Event Hub's wrong name",
    wrongHub,
    /there is no Event Hub vm-event in 127\.0\.0\.1:\d+: check the option eventHub, or create it/,
  ],
  [
    "an Event Hubs key that was changed",
    wrongKey,
    /does not accept the key in the option connectionString: the shared access policy send is gone, or its key was changed; copy the connection string again/,
  ],
  [
    "an Event Hubs key without the right",
    missingRight,
    /the shared access policy reader of the option connectionString lacks the right Send for vm-events: give it/,
  ],
  [
    "a VM's identity without the role",
    missingRole,
    /the identity lacks the role "Azure Event Hubs Data Sender" on vm-events: assign it \(az role assignment create\)/,
  ],
  [
    "a Slack webhook that was revoked",
    revokedWebhook,
    /Slack answered 404 no_service: the webhook was revoked or never existed: make a new webhook/,
  ],
  ["a webhook's wrong token", wrongToken, /answered 401: check the credentials and their permissions/],
  ["a directory in the place of a file", takenPath, /cannot write .*taken\.ndjson \(EISDIR\)/],
  ["a command without permission", forbiddenCommand, /note\.sh.*(?:permission|execut)/i],
];

async function started(
  place: Place,
  simulator: Simulator,
  { env = {} }: BadDestination,
  sink: BadDestination["sink"],
): Promise<Forewarn> {
  const sinks = { mine: sink, audit: fileSink(place) };
  const agent = forewarn(["run", "-c", configured(place, { imds: simulator.url, sinks })], { env });
  await agent.says("IMDS answers");
  return agent;
}

const idsOf = (place: Place) =>
  eventsIn(place)
    .filter(({ type }) => type.includes("scheduledevent"))
    .map(({ id }) => id);

describe("what only the destination knows", () => {
  test.concurrent.each(cases)(
    "%s: said once, with the cure; after the fix and a restart every kept event arrives",
    async (_, start, says) => {
      using place = temporaryPlace();
      await using simulator = await startSimulator();
      await using destination = await start(place);
      const began = performance.now();
      await using wrong = await started(place, simulator, destination, destination.sink);
      // Over before the restart, so that only the outbox knows of them then.
      const { EventId: first } = simulator.schedule({ EventType: "Reboot" });
      const { EventId: second } = simulator.schedule({ EventType: "Freeze" });
      await eventually(() => idsOf(place).length === 2, wrong.stderr);
      for (const id of [first, second]) simulator.remove(id);
      await eventually(() => idsOf(place).length === 4, wrong.stderr);
      await wrong.says("sink mine is paused");
      expect(await wrong.end()).toBe(0);
      // Paused: only the urgent event asks again, at once and then every 10 s.
      const seconds = (performance.now() - began) / 1000;
      expect(destination.refusals?.() ?? 0).toBeLessThanOrEqual(2 + Math.ceil(seconds / 10));

      const said = logOf(wrong).filter(({ level }) => level === "error");
      expect(said.map(({ message }) => message)).toEqual([
        expect.stringMatching(/^sink mine is paused, its events are kept: /),
      ]);
      expect(said[0]?.message).toMatch(says);
      expect(wrong.stderr()).toMatch(/sink mine: delivered 0, left [4-9] on disk, dead 0/);
      expect(destination.arrived()).toEqual([]);

      destination.fix?.();
      await using right = await started(
        place,
        simulator,
        destination,
        destination.corrected ?? destination.sink,
      );
      simulator.schedule({ EventType: "Redeploy" });
      await eventually(() => idsOf(place).length === 5, right.stderr);
      const missing = () => idsOf(place).filter((id) => !destination.arrived().includes(id));
      await eventually(
        () => missing().length === 0,
        () => `${missing().join()} did not arrive: ${right.stderr()}`,
      );
      expect(await right.end()).toBe(0);
      expect(right.stderr()).toMatch(/sink mine: delivered ([5-9]|1\d), left 0 on disk, dead 0/);
      expect(right.stderr()).not.toContain("is paused");
    },
  );
});
