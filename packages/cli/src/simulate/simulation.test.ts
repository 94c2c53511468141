import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createImdsClient } from "@forewarn/imds";
import { expect, onTestFinished, test } from "vitest";
import { UsageError } from "../command.ts";
import { startSimulation } from "./simulation.ts";
import { ScenarioFileError } from "./scenario-file-error.ts";

function file(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), "forewarn-story-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "story.yaml");
  writeFileSync(path, text);
  return path;
}

test("a file is a scenario: its first VM is the agent's own, and its events are played", async () => {
  const path = file(
    "scenario: 1\nvms: [{ name: web_0 }, { name: web_1 }]\nevents: [{ type: Preempt, stays: true }]\n",
  );
  const simulation = await startSimulation(path, 1);
  onTestFinished(() => simulation.close());
  const stop = new AbortController();
  const played = simulation.play({ keep: false, signal: stop.signal });
  const client = createImdsClient({ endpoint: simulation.imdsUrl });
  onTestFinished(() => client.close());
  const { events } = await client.scheduledEvents();
  expect(events).toMatchObject([{ eventType: "Preempt", resources: ["web_0"] }]);
  stop.abort();
  await played;
});

test("a file that is wrong is shown line by line, a name that is not known gets a suggestion", async () => {
  const wrong = startSimulation(file("scenario: 1\nevents: [{ type: Reboott }]\n"), 1);
  await expect(wrong).rejects.toThrow(ScenarioFileError);
  await expect(wrong).rejects.toThrow(
    /story\.yaml:2:18 error SCENARIO_BAD_CHOICE: .*\n.*\n.*\^{7}\n {2}help: Did you mean "Reboot"\?/,
  );
  await expect(startSimulation("./nothing.yaml", 1)).rejects.toThrow("there is no such file");
  const unknown = startSimulation("preempt", 1);
  await expect(unknown).rejects.toThrow(UsageError);
  await expect(unknown).rejects.toThrow('there is no scenario "preempt": did you mean preempt-spot?');
});
