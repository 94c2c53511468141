import { startSimulator } from "@forewarn/imds-simulator";
import { expect, test } from "vitest";
import { told } from "../../fixtures/told.ts";
import { imds } from "./imds.ts";

test("api-versions are listed from the oldest to the newest, one on each line whatever is in them", async () => {
  await using simulator = await startSimulator();
  const body = JSON.stringify({ apiVersions: ["2021-02-01", "2017-04-02", "3\u001b[2J\n4"] });
  simulator.respondNext({ status: 200, headers: { "Content-Type": "application/json" }, body });
  const env = { FOREWARN_IMDS_ENDPOINT: simulator.url };
  expect(await told(imds, ["versions"], { env })).toEqual({
    code: 0,
    stdout: "2017-04-02\n2021-02-01\n3[2J 4\n",
    stderr: "",
  });
});
