import { existsSync } from "node:fs";
import { join } from "node:path";
import { startSimulator } from "@forewarn/imds-simulator";
import { expect, test } from "vitest";
import { eventually } from "./eventually.ts";
import { forewarn, temporaryPlace } from "./forewarn.ts";
import { startHttpRecorder } from "./http-recorder.ts";

test("without a file, FOREWARN_SLACK_WEBHOOK_URL is one Slack sink; its state is where it is said to be", async () => {
  using place = temporaryPlace();
  await using simulator = await startSimulator();
  await using slack = await startHttpRecorder({ status: 200, body: "ok" });
  const state = join(place.path, "state/forewarn");
  const env = {
    FOREWARN_SLACK_WEBHOOK_URL: `${slack.url}/services/T0/B0/s3cr3ts3cr3t`,
    FOREWARN_IMDS_ENDPOINT: simulator.url,
    // A test may run as root, whose state is the machine's: systemd's directory stands above that.
    STATE_DIRECTORY: state,
  };
  const valid = forewarn(["validate"], { cwd: place.path, env });
  expect([await valid.exited(), valid.stdout(), valid.stderr()]).toEqual([
    0,
    "the environment (FOREWARN_SLACK_WEBHOOK_URL) is valid: 1 sink: slack (slack).\n",
    "",
  ]);
  await using agent = forewarn(["run"], { cwd: place.path, env });
  await agent.says(
    `there is no configuration file: FOREWARN_SLACK_WEBHOOK_URL of the environment stands for one; state is kept in ${state}`,
  );
  await agent.says("IMDS answers");
  simulator.schedule({ EventType: "Reboot" });
  await eventually(() => slack.requests.length > 0, agent.stderr);
  expect(slack.requests[0]?.body).toContain("Reboot of web-01");
  expect(await agent.end()).toBe(0);
  expect(existsSync(join(state, "outbox.db"))).toBe(true);
  expect(agent.stdout() + agent.stderr()).not.toContain("s3cr3ts3cr3t");
  const history = forewarn(["history"], { cwd: place.path, env });
  expect([await history.exited(), history.stderr()]).toEqual([0, ""]);
  expect(history.stdout()).toMatch(/SCHEDULED +Reboot of web-01 .*\n.*→ slack after/);
});
