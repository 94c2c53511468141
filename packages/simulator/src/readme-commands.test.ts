import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";

import { startControlServer } from "./control/control-server.ts";
import { namedFaults } from "./http/named-fault.ts";
import { parseScenario } from "./scenarios/file/parse-scenario.ts";
import { startSimulator } from "./start-simulator.ts";
import { ask, EVENTS } from "./testing/ask.ts";

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
const run = promisify(execFile);

/** The code of every block in one language. */
function blocks(language: string): readonly string[] {
  return [...readme.matchAll(new RegExp(`^( *)\`\`\`${language}\n([^]*?)^ *\`\`\`$`, "gm"))].map(
    ([, indent = "", code = ""]) => code.replaceAll(new RegExp(`^${indent}`, "gm"), ""),
  );
}

async function has(program: string): Promise<boolean> {
  try {
    await run(program, ["--version"]);
    return true;
  } catch {
    process.stderr.write(`SKIPPED: there is no ${program} to run the README's commands with\n`);
    return false;
  }
}

/** A simulator and its control API in the place of the ports that the README names. */
async function world() {
  const addresses = { frontendIpAddress: "51.0.0.1", privateIpAddress: "10.1.0.4" };
  const loadBalancer = { publicIpAddresses: [addresses], inboundRules: [], outboundRules: [] };
  const simulator = await startSimulator({
    vm: { loadBalancer },
    enabling: { firstCall: 0, eventsAfter: 0 },
  });
  const control = await startControlServer(simulator);
  const folder = mkdtempSync(join(tmpdir(), "readme-"));
  onTestFinished(async () => {
    await control[Symbol.asyncDispose]();
    await simulator.close();
    rmSync(folder, { recursive: true });
  });
  const { EventId } = simulator.schedule({ EventType: "Freeze" });
  const here = (code: string) =>
    code
      .replaceAll("http://127.0.0.1:8169", simulator.url)
      .replaceAll("http://127.0.0.1:8180", control.url)
      .replaceAll("<EventId>", EventId);
  return { simulator, folder, here };
}

test("every curl line of the README works, in its order", async ({ skip }) => {
  skip(!(await has("curl")), "no curl");
  const { simulator, folder, here } = await world();
  const lines = blocks("sh").flatMap((code) => code.replaceAll("\\\n", "").split("\n"));
  const commands = lines.filter((line) => line.startsWith("curl "));
  expect(commands.length).toBeGreaterThan(30);
  const said: Record<string, string> = {};
  for (const command of commands) {
    const { stdout } = await run("sh", ["-c", here(command)], { cwd: folder });
    said[command] = stdout;
    expect(stdout, command).not.toContain('"error"');
  }
  const asked = simulator.requests.filter(({ userAgent }) => userAgent?.startsWith("curl/"));
  expect(asked.length).toBeGreaterThan(10);
  const scheduled = commands.find((command) => command.includes('"EventType":"Reboot"')) ?? "";
  expect(JSON.parse(said[scheduled] ?? "")).toMatchObject({ EventType: "Reboot", EventSource: "User" });
  // The last line switched the service off; whoever asks switches it on again.
  expect((await ask(simulator, EVENTS)).json).toMatchObject({
    Events: expect.arrayContaining([expect.objectContaining({ EventType: "Reboot", EventSource: "User" })]),
  });
  expect(simulator.vm).toMatchObject({ vmSize: "Standard_D4s_v5", tags: { env: "test" } });
});

test("the README's Python works", async ({ skip }) => {
  skip(!(await has("python3")), "no python3");
  const { here } = await world();
  const [program = ""] = blocks("python");
  expect((await run("python3", ["-c", here(program)])).stdout).toMatch(
    /^Freeze Scheduled .+ GMT \['web-01'\]$/m,
  );
});

test("the README's story is valid, and its mistake is told as shown", () => {
  const [story = ""] = blocks("yaml");
  expect(parseScenario("story.yaml", story)).toMatchObject({
    events: [{ id: "reboot" }],
    steps: [{}, {}, {}],
  });
  expect(() => parseScenario("story.yaml", story.replace("type: Reboot\n", "type: Rebot\n"))).toThrow(
    blocks("text")[0]?.trim() ?? "no block",
  );
});

test.each(Object.entries(namedFaults))("the README tells what the fault %s does", (name, what) => {
  expect(readme.replaceAll(/ +/g, " ")).toContain(`| \`${name}\` | ${what} |`);
});
