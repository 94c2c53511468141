import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { readRecording, replayOf, startSimulator } from "@forewarn/imds-simulator";
import { expect, onTestFinished, test } from "vitest";
import { told } from "../../fixtures/told.ts";
import { imds } from "./imds.ts";

const userData = "c2VjcmV0LXVzZXItZGF0YQ==";

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "forewarn-record-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

test("writes a file that the simulator replays, without secrets and for its owner alone", async () => {
  await using vm = await startSimulator({ vm: { name: "db-07", userData } });
  vm.schedule({ EventType: "Reboot" });
  const file = join(folder(), "vm.json");
  const env = { FOREWARN_IMDS_ENDPOINT: vm.url };
  const { code, stdout, stderr } = await told(imds, ["record", file], { env });
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout).toMatch(/^200 {2}\/metadata\/scheduledevents\?api-version=2020-07-01$/m);
  expect(stdout).toMatch(/^404 {2}\/metadata\/loadbalancer\?/m);
  expect(stdout).toContain(`secrets replaced. Replay: forewarn simulate --replay ${file}`);
  expect(readFileSync(file, "utf8")).not.toContain(userData);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const { scenario, ...options } = replayOf(await readRecording(file));
  await using replay = await startSimulator(options);
  await replay.play(scenario);
  expect(replay.vm.name).toBe("db-07");
  expect(replay.document()).toMatchObject({ Events: [{ EventType: "Reboot", EventStatus: "Scheduled" }] });

  const again = await told(imds, ["record", file], { env });
  expect(again).toMatchObject({ code: 64, stderr: expect.stringContaining("add --force") });
  const forced = await told(imds, ["record", file, "--force", "--with-secrets", "--json"], { env });
  expect(JSON.parse(forced.stdout)).toMatchObject({ file, redacted: false });
  expect(readFileSync(file, "utf8")).toContain(userData);
});

test("a directory gets a file of its own, and --for follows what happens", async () => {
  await using vm = await startSimulator({
    onServed: () => vm.document().Events.length === 0 && vm.schedule({ EventType: "Freeze" }),
  });
  const directory = folder();
  const { code, stdout, stderr } = await told(imds, [
    "record",
    directory,
    "--for",
    "1s",
    "--endpoint",
    vm.url,
  ]);
  const [name = "", ...others] = readdirSync(directory);
  expect([code, others]).toEqual([0, []]);
  expect(name).toMatch(/^imds-\d{4}-\d\d-\d\dT\d{6}\.json$/);
  expect(stderr).toMatch(/^recording for 1 s into .*; Ctrl\+C ends it$/m);
  expect(stdout).toContain("scheduledevents?api-version=2020-07-01  and 1 that differed");
});

test("where no IMDS is: what is to be done, and what cannot be", async () => {
  const directory = folder();
  const nothing = ["--endpoint", "http://127.0.0.1:1"];
  const failed = await told(imds, ["record", join(directory, "a.json"), ...nothing]);
  expect(failed).toMatchObject({
    code: 1,
    stdout: expect.stringContaining("IMDS did not answer at http://127.0.0.1:1"),
  });
  const unwritable = await told(imds, ["record", join(directory, "no/a.json"), ...nothing]);
  expect(unwritable).toMatchObject({
    code: 73,
    stderr: expect.stringContaining("cannot be written: ENOENT"),
  });
  for (const [line, words] of [
    [["record"], "takes one FILE"],
    [["record", "a", "b"], "takes one FILE"],
    [["record", "/tmp/forewarn-none.json", "--for", "soon"], "--for: "],
    [["record", "/tmp/forewarn-none.json", "--endpoint", "ftp://x"], "--endpoint: "],
  ] as const)
    expect(await told(imds, line)).toMatchObject({ code: 64, stderr: expect.stringContaining(words) });
});

test("as a process of its own it goes on to the end, and a signal ends it earlier", async () => {
  await using vm = await startSimulator();
  const file = join(folder(), "vm.json");
  const main = fileURLToPath(new URL("../../main.ts", import.meta.url));
  const line = ["--conditions=@forewarn/source", main, "imds", "record", file, "--endpoint", vm.url];
  const { stderr } = await promisify(execFile)(process.execPath, [...line, "--for", "10ms"]);
  expect(stderr).toMatch(/^recording for 10 ms into [^\n]*\n$/);
  const child = execFile(process.execPath, [...line, "--force", "--for", "1h"]);
  const closed = once(child, "close");
  for await (const text of child.stderr ?? []) if (String(text).includes("Ctrl+C")) child.kill("SIGINT");
  expect(await closed).toEqual([0, null]);
  expect((await readRecording(file)).seconds).toBeLessThan(3600);
});
