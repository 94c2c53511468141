import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { startSimulator } from "@forewarn/imds-simulator";
import { expect, test } from "vitest";
import { eventually } from "./eventually.ts";
import { forewarn, temporaryPlace } from "./forewarn.ts";
import { freePort } from "./free-port.ts";
import { startHttpRecorder } from "./http-recorder.ts";

const page = readFileSync(resolve(import.meta.dirname, "../../docs/getting-started.md"), "utf8");
/** The page's command lines, in its order, without `npx forewarn`. */
const lines = [...page.matchAll(/^npx forewarn ([^#\n]*)/gm)].map(([, line = ""]) => line.trim());

test("docs/getting-started.md: each of its commands does what it says, one after the other", async () => {
  using place = temporaryPlace();
  await using slack = await startHttpRecorder({ status: 200, body: "ok" });
  await using simulator = await startSimulator({ timeScale: 100 });
  simulator.schedule({ EventType: "Reboot", EventSource: "User" });
  const env = {
    SLACK_WEBHOOK_URL: `${slack.url}/services/T00000000/B00000000/abcdefghijklmnopqrstuvwx`,
    FOREWARN_IMDS_ENDPOINT: simulator.url,
  };

  async function typed(line: string): Promise<string> {
    await using command = forewarn(line.split(" "), { cwd: place.path, env });
    expect(await command.exited(), command.stderr()).toBe(0);
    return command.stdout();
  }

  /** Where this machine may use neither /var/lib/forewarn nor IMDS's address. */
  async function adapted(): Promise<string> {
    const text = readFileSync(resolve(place.path, "forewarn.yaml"), "utf8");
    const around = { imds: { endpoint: simulator.url }, state: { path: resolve(place.path, "state") } };
    const parts = Object.entries(around).map(([key, value]) => `${key}: ${JSON.stringify(value)}`);
    return [...parts, `admin: { listen: "127.0.0.1:${await freePort()}" }`, text, ""].join("\n");
  }

  const [init = "", ...others] = lines;
  expect(others).toEqual([
    "validate --probe",
    "test-sink slack --sample reboot",
    "run --simulate --print",
    "doctor",
    "run",
    "events --watch",
    "status",
    "history --since 7d",
    "imds instance/compute",
  ]);
  await typed(init);
  place.file("forewarn.yaml", await adapted());

  expect(await typed("validate --probe")).toContain("1 sink: slack (slack)");
  await typed("test-sink slack --sample reboot");
  expect(slack.requests.at(-1)?.body).toContain("Reboot");
  expect(await typed("run --simulate demo --time-scale 4 --print")).toContain("Forwarded");
  expect(await typed("doctor")).not.toContain("✗");

  const told = slack.requests.length;
  await using agent = forewarn(["run"], { cwd: place.path, env });
  await agent.says("IMDS answers");
  await using watch = forewarn(["events", "--watch"], { cwd: place.path, env });
  await watch.says("Reboot");
  expect(await watch.end("SIGINT")).toBe(0);
  await eventually(() => slack.requests.length > told, agent.stderr);
  expect(await typed("status")).toContain("slack");
  expect(await typed("history --since 7d")).toContain("Reboot");
  expect(await typed("imds instance/compute")).toContain("web-01");
  expect(await agent.end()).toBe(0);
});
