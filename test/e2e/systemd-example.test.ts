import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { startSimulator } from "@forewarn/imds-simulator";
import { expect, test } from "vitest";
import { eventually } from "./eventually.ts";
import { bins, temporaryPlace } from "./forewarn.ts";
import { startHttpRecorder } from "./http-recorder.ts";
import { bootSystemd, type Systemd, whyNoSystemd } from "./systemd.ts";

const checkout = resolve(import.meta.dirname, "../..");
const examples = join(checkout, "examples/systemd");
const example = (name: string) => readFileSync(join(examples, name), "utf8");
/** Where the units see this checkout, which may be below a /tmp of their own, or in a directory for its owner alone. */
const installed = "/run/forewarn-program";
const seen = (path: string) => path.replace(checkout, installed);
const units = ["forewarn.service", "forewarn-once.service", "forewarn-once.timer"];

const noAnalyze = spawnSync("systemd-analyze", ["--version"]).status !== 0;
if (noAnalyze) console.log("SKIPPED systemd-analyze verify and security: it is not installed");
const why = await whyNoSystemd();
if (why !== undefined) console.log(`SKIPPED the units in a systemd of their own: ${why}`);

/** Puts the units where systemd-analyze reads them, with a program that is there. */
function analyze(names: readonly string[], ...args: readonly string[]) {
  using place = temporaryPlace();
  const files = names.map((name) => place.file(name, example(name).replaceAll("=forewarn ", "=/bin/true ")));
  const { status, stdout, stderr } = spawnSync("systemd-analyze", [...args, ...files], { encoding: "utf8" });
  return { status, said: stdout + stderr };
}

test.skipIf(noAnalyze)("systemd-analyze verify finds nothing", () => {
  const { status, said } = analyze(units, "verify", "--man=no");
  expect(said).toBe("");
  expect(status).toBe(0);
});

test.skipIf(noAnalyze)("systemd-analyze security: an exposure of at most 1.5 of 10", () => {
  const services = units.filter((name) => name.endsWith(".service"));
  const { status, said } = analyze(services, "security", "--offline=yes", "--no-pager", "--threshold=15");
  expect(status, said).toBe(0);
  expect(said.match(/Overall exposure level for forewarn\S*\.service/g)).toHaveLength(2);
});

const unit = "forewarn.service";

/** Resolves when the service has given another sign of life; as often as it was restarted until then. */
async function restartsUntilAlive(systemd: Systemd): Promise<string | undefined> {
  const sign = async () =>
    (await systemd.show(unit, "WatchdogTimestampMonotonic"))["WatchdogTimestampMonotonic"];
  const first = await sign();
  const until = Date.now() + 20_000;
  // 0: it is not running.
  while ([first, "0"].includes(await sign()) && Date.now() < until)
    await new Promise((next) => setTimeout(next, 50));
  return (await systemd.show(unit, "NRestarts"))["NRestarts"];
}

/** Resolves when systemd says so of the service. */
async function becomes(systemd: Systemd, wanted: Readonly<Record<string, string>>): Promise<void> {
  const until = Date.now() + 20_000;
  for (;;) {
    const shown = await systemd.show(unit, ...Object.keys(wanted));
    if (isDeepStrictEqual(shown, wanted)) return;
    if (Date.now() > until) throw new Error(`waited 20 s, it is ${JSON.stringify(shown)}`);
    await new Promise((next) => setTimeout(next, 50));
  }
}

test.skipIf(why !== undefined)(
  "in a systemd of its own: ready, reloaded, ended by the watchdog and started again, stopped, and once by the timer",
  async () => {
    await using simulator = await startSimulator();
    await using slack = await startHttpRecorder({ status: 200, body: "ok" });
    const url = `${slack.url}/services/T00000000/B00000000/abcdefghijklmnopqrstuvwx`;
    // The example as it is, and where the simulated Azure is.
    const around = `imds: { endpoint: "${simulator.url}", pollInterval: 100ms }\nadmin: off\n`;
    const folders = ["node_modules", "packages", "plugins"].map(
      (name) => `${join(checkout, name)}:${installed}/${name}`,
    );
    const dropIn = `[Service]\nStandardError=append:/run/forewarn.log\nBindReadOnlyPaths=${folders.join(" ")}\n`;
    await using systemd = await bootSystemd({
      "etc/systemd/units/forewarn.service": example(unit),
      "etc/systemd/units/forewarn.service.d/test.conf": `${dropIn}WatchdogSec=3s\n`,
      "etc/systemd/units/forewarn-once.service": example("forewarn-once.service"),
      "etc/systemd/units/forewarn-once.service.d/test.conf": dropIn,
      "etc/systemd/units/forewarn-once.timer": example("forewarn-once.timer"),
      // The container has just been booted.
      "etc/systemd/units/forewarn-once.timer.d/test.conf": "[Timer]\nOnBootSec=1s\n",
      "etc/forewarn/forewarn.yaml": around + example("forewarn.yaml"),
      "etc/forewarn/forewarn-once.yaml": around + example("forewarn-once.yaml"),
      "etc/forewarn/slack-url": `${url}\n`,
      "usr/local/bin/forewarn": `#!/bin/sh\nexec '${seen(process.execPath)}' '${seen(bins.forewarn)}' "$@"\n`,
    });
    const log = () => systemd.read("/run/forewarn.log");

    expect(await systemd.systemctl("start", unit), log()).toMatchObject({ status: 0, stderr: "" });
    await becomes(systemd, {
      ActiveState: "active",
      StatusText: "watching; nothing announced",
      NRestarts: "0",
    });
    simulator.schedule({ EventType: "Reboot" });
    await eventually(() => slack.requests.length > 0, log);
    expect(slack.requests[0]?.body).toContain("Reboot of web-01");
    const written = () => systemd.read("/var/log/private/forewarn/events.ndjson");
    await eventually(() => written().includes("scheduledevent.scheduled"), log);
    expect(log()).not.toContain("abcdefghijklmnopqrstuvwx");

    expect(await restartsUntilAlive(systemd)).toBe("0");
    expect(await systemd.systemctl("reload", unit)).toMatchObject({ status: 0 });
    await eventually(() => log().includes("read the configuration again"), log);
    await becomes(systemd, { ActiveState: "active" });

    await systemd.systemctl("kill", "--kill-whom=main", "-s", "STOP", unit);
    await becomes(systemd, { ActiveState: "active", StatusText: "watching; 1 announced", NRestarts: "1" });

    expect(await systemd.systemctl("stop", unit)).toMatchObject({ status: 0 });
    expect(await systemd.show(unit, "Result", "ActiveState")).toEqual({
      Result: "success",
      ActiveState: "inactive",
    });
    expect(log()).toMatch(/sink ops: delivered \d+, left 0 on disk, dead 0/);

    const posted = () => slack.requests.map(({ body }) => body).join("\n");
    simulator.schedule({ EventType: "Preempt" });
    expect(await systemd.systemctl("start", "forewarn-once.timer")).toMatchObject({ status: 0, stderr: "" });
    await eventually(() => posted().includes("Preempt of web-01"), log);
    await eventually(() => (log().match(/sink ops: delivered/g) ?? []).length >= 2, log);
    expect(log()).not.toContain("left 1");
  },
);
