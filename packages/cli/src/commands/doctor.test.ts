import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startSimulator } from "@forewarn/imds-simulator";
import { expect, onTestFinished, test } from "vitest";
import { told } from "../fixtures/told.ts";
import { doctor } from "./doctor.ts";

function configured(sinks: string): string {
  const directory = mkdtempSync(join(tmpdir(), "forewarn-doctor-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const file = join(directory, "forewarn.yaml");
  writeFileSync(
    file,
    `state: { path: ${directory}/state }\nadmin: { listen: "127.0.0.1:9" }\nsinks:\n${sinks}\n`,
  );
  return file;
}

async function examined(
  sinks: string,
  line: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
) {
  await using simulator = await startSimulator();
  const endpoint = ["--endpoint", simulator.url];
  return await told(doctor, ["-c", configured(sinks), ...endpoint, ...line], { env });
}

const file = `  audit: { type: file, options: { path: "${tmpdir()}/forewarn-doctor.ndjson" } }`;

test("each finding in a line, its cure below, and a verdict", async () => {
  const { code, stdout } = await examined(file);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^✓ This is the Azure VM web-01/);
  expect(stdout).toMatch(/^! No agent runs here: .*\n {4}→ forewarn run$/m);
  expect(stdout).toMatch(/^✓ audit \(file\) would take events/m);
  expect(stdout).toMatch(/\n\nNothing stands in the way, \d to know of\.\n$/);
});

test("a sink without a probe is named with what tells more, one that cannot work fails", async () => {
  const { code, stdout } = await examined(
    `  hook: { type: webhook, options: { url: "http://127.0.0.1:9" } }\n  lost: { type: exec, options: { command: [/none/such] } }`,
  );
  expect(code).toBe(1);
  expect(stdout).toMatch(/^! hook \(webhook\) was opened\n {4}→ .*forewarn test-sink hook$/m);
  expect(stdout).toMatch(/^✗ lost \(exec\): .*\/none\/such/m);
  expect(stdout).toMatch(/\n\n1 thing does not work, \d to know of\.\n$/);
});

test("a wrong configuration, and none", async () => {
  const { code, stdout } = await examined(`  hook: { type: webhok }`);
  expect(code).toBe(1);
  expect(stdout).toMatch(/^✗ The configuration has 1 problem: /m);
  await using simulator = await startSimulator();
  const without = await told(doctor, ["--endpoint", simulator.url]);
  expect(without.stdout).toMatch(/^! There is no configuration/m);
});

test("JSON for programs", async () => {
  const { stdout } = await examined(file, ["--json"], { HTTPS_PROXY: "socks5://proxy" });
  const told = JSON.parse(stdout) as { readonly good: boolean; readonly findings: readonly object[] };
  expect(told.good).toBe(false);
  expect(told.findings).toContainEqual({
    check: "proxy",
    mark: "fail",
    text: "HTTPS_PROXY is the URL of a socks5 proxy, and only http and https proxies are understood",
    cure: "write http://HOST:PORT",
  });
});
