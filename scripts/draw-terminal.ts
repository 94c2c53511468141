/**
 * Draws `docs/images/events.svg`: what `forewarn events` prints on a terminal, with its colours, asked of the
 * simulator. Needs script(1) of util-linux and a built forewarn: `npx node scripts/draw-terminal.ts`.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { startSimulator } from "@forewarn/imds-simulator";
import { terminalSvg } from "./terminal-svg.ts";

const root = resolve(import.meta.dirname, "..");
const width = 118;

/** What a command prints on a terminal so wide. */
async function onTerminal(command: string, env: Readonly<Record<string, string>>): Promise<string> {
  const child = spawn("script", ["-qec", `stty cols ${width} rows 40; ${command}`, "/dev/null"], {
    env: { PATH: process.env["PATH"], TERM: "xterm-256color", TZ: "UTC", ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let printed = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (printed += text));
  const [code] = (await once(child, "close")) as [number];
  if (code !== 0) throw new Error(`${command} ended with ${code}: ${printed}`);
  return printed;
}

await using simulator = await startSimulator({ vms: [{ name: "web-01" }, { name: "web-02" }] });
simulator.schedule({
  EventType: "Reboot",
  Resources: ["web-01"],
  DurationInSeconds: -1,
  Description: "Virtual machine is going to be restarted as requested by authorized user.",
  EventSource: "User",
});
simulator.schedule({
  EventType: "Preempt",
  Resources: ["web-02"],
  Description: "Spot VM is being evicted.",
});
const freeze = simulator.schedule({
  EventType: "Freeze",
  Resources: ["web-01", "web-02"],
  DurationInSeconds: 5,
  Description: "Host server is undergoing maintenance.",
});
simulator.start(freeze.EventId);

const bin = join(root, "packages/cli/bin/forewarn.js");
const printed = await onTerminal(`${process.execPath} ${bin} events`, {
  FOREWARN_IMDS_ENDPOINT: simulator.url,
});
writeFileSync(join(root, "docs/images/events.svg"), terminalSvg(`$ forewarn events\n${printed}`, width));
