import { expect, test } from "vitest";

import { startSimulator } from "../start-simulator.ts";
import { ask } from "../testing/ask.ts";

test("all versions of the instance family, ascending, those of scheduledevents not among them", async () => {
  await using simulator = await startSimulator();
  const { json } = await ask(simulator, "/metadata/versions");
  const { apiVersions } = json as { apiVersions: string[] };
  expect(apiVersions).toHaveLength(35);
  expect(apiVersions).toEqual(apiVersions.toSorted());
  expect([apiVersions[0], apiVersions.at(-1)]).toEqual(["2017-03-01", "2025-04-07"]);
  expect(apiVersions).not.toContain("2020-07-01");
});

test("an older host knows fewer", async () => {
  await using simulator = await startSimulator({ apiVersions: { instance: ["2021-02-01", "2019-06-01"] } });
  expect((await ask(simulator, "/metadata/versions")).json).toEqual({
    apiVersions: ["2019-06-01", "2021-02-01"],
  });
  expect(await ask(simulator, "/metadata/instance?api-version=2025-04-07")).toMatchObject({
    status: 400,
    json: { "newest-versions": ["2021-02-01", "2019-06-01"] },
  });
  expect(await ask(simulator, "/metadata/scheduledevents?api-version=2020-07-01")).toMatchObject({
    status: 200,
  });
});
