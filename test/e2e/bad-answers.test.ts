import { startSimulator } from "@forewarn/imds-simulator";
import { expect, test } from "vitest";
import { configured, fileSink } from "./configuration.ts";
import { eventually } from "./eventually.ts";
import { forewarn, temporaryPlace } from "./forewarn.ts";
import { freePort } from "./free-port.ts";
import { logOf } from "./lines.ts";

test("a streak of bad answers of two kinds: three lines of log, and what there was of each in `forewarn status`", async () => {
  using place = temporaryPlace();
  await using simulator = await startSimulator();
  const file = configured(place, {
    imds: simulator.url,
    admin: `127.0.0.1:${await freePort()}`,
    sinks: { audit: fileSink(place) },
  });
  await using agent = forewarn(["run", "-c", file]);
  await agent.says("IMDS answers");
  let served = 0;
  const stop = simulator.respondWith(({ path }) => {
    if (!path.startsWith("/metadata/scheduledevents")) return undefined;
    served++;
    return served > 3 ? { status: 200, body: { Nothing: true } } : { status: 200, body: "" };
  });
  await eventually(() => served >= 6, agent.stderr);
  const status = async (...more: readonly string[]) => {
    await using asking = forewarn(["status", "-c", file, ...more]);
    await asking.exited();
    return asking.stdout();
  };
  expect(await status()).toMatch(
    /\n {8}bad answers of scheduledevents: not-json 3, wrong-shape \d+ \(\d+ in a row now\)\n/,
  );
  stop();
  await agent.says("IMDS answers again");
  expect(JSON.parse(await status("--json"))).toMatchObject({
    healthy: true,
    imds: { failures: 0, badAnswers: { scheduledevents: { inARow: 0, byClass: { "not-json": 3 } } } },
  });
  const told = logOf(agent).filter(
    ({ level, message }) => level === "warn" || message.includes("answers again"),
  );
  expect(told.map(({ message }) => message)).toEqual([
    expect.stringMatching(
      /is empty: it says nothing about what was known before, .* Trying again until it answers\.$/,
    ),
    expect.stringMatching(/^IMDS fails in another way after 3 failed polls: .* has no array `Events`/),
    expect.stringMatching(
      /^IMDS answers again after \d+ failed polls in .* \(not-json 3, wrong-shape \d+\)$/,
    ),
  ]);
  expect(await agent.end()).toBe(0);
});
