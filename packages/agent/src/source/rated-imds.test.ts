import { expect, onTestFinished, test } from "vitest";
import { settingsOf } from "../settings.ts";
import { createVirtualClock } from "../time/virtual-clock.ts";
import { noon } from "../normalize/fixtures/entry.ts";
import { documentOf } from "./fixtures/azure.ts";
import { answer, startImdsServer } from "./fixtures/imds-server.ts";
import { ratedImds } from "./rated-imds.ts";

const settingsWith = (imds: Parameters<typeof settingsOf>[0]["imds"]) =>
  settingsOf({ state: { path: "unused" }, sinks: [], ...(imds && { imds }) }, {}).imds;

/** The agent's client against a real server, on a clock that only the test moves. */
async function begin(imds: Parameters<typeof settingsWith>[0] = {}) {
  const server = await startImdsServer();
  server.events = answer(documentOf([]));
  const clock = createVirtualClock({ now: noon });
  const client = ratedImds(settingsWith({ endpoint: server.endpoint, ...imds }), clock);
  onTestFinished(() => client.close());
  return { server, clock, client };
}

test("a poll every second is never delayed by metadata and tokens that wait, each of which gets its turn", async () => {
  const { server, clock, client } = await begin();
  const others = [
    ...Array.from({ length: 3 }, () => client.instance()),
    client.attestedDocument().catch(() => "not what is answered here"),
    client.token("https://eventhubs.azure.net").catch(() => "nor this"),
  ];
  for (let second = 0; second < 6; second++) {
    // Resolves although no time passes.
    await client.scheduledEvents();
    await clock.advance(1000);
  }
  await Promise.all(others);
  const polls = server.paths.filter((path) => path.endsWith("/scheduledevents"));
  expect([polls.length, server.paths.length]).toEqual([6, 11]);
  // The first instance document went with the first poll; a token comes before what is not urgent.
  const rest = server.paths.filter((path) => !path.endsWith("/scheduledevents"));
  expect(rest[1]).toBe("/metadata/identity/oauth2/token");
  expect(rest.at(-1)).toBe("/metadata/attested/document");
});

test.each([
  [{}, 2],
  [{ pollIntervalMs: 10_000 }, 2],
  [{ pollIntervalMs: 500 }, 3],
  [{ pollIntervalMs: 100 }, 11],
  [{ pollIntervalMs: 100, maxRequestsPerSecond: 4 }, 4],
])("%j: the rate has room for every poll and one request more, unless another is chosen", (imds, rate) => {
  expect(settingsWith(imds).maxRequestsPerSecond).toBe(rate);
});

test("a rate that is lower than the polls leaves one of its requests to the others", async () => {
  const { server, clock, client } = await begin({ pollIntervalMs: 100, maxRequestsPerSecond: 3 });
  const instance = client.instance();
  for (let n = 0; n < 3; n++) await client.scheduledEvents();
  const fourth = client.scheduledEvents();
  await instance;
  expect(server.paths).toHaveLength(4);
  await clock.advance(1000);
  await fourth;
});
