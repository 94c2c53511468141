import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

import { runSimulator } from "./run-simulator.ts";
import { scenarios } from "./scenarios/scenarios.ts";

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8").replaceAll(/ +/g, " ");

test.each(Object.entries(scenarios))(
  "the README's table tells of %s what the scenario does",
  (name, scenario) => {
    expect(readme).toContain(`| \`${name}\` | ${scenario.summary} |`);
  },
);

test("the README names every option of the help", async () => {
  let help = "";
  await runSimulator(["--help"], { stdout: { write: (text) => (help += text) }, stderr: process.stderr });
  const options = help.match(/(?<=^ +(-h, )?)--[a-z-]+( [A-Z:]+)?/gm) ?? [];
  expect(options).toHaveLength(13);
  for (const option of options) expect(readme).toContain(`| \`${option}\` |`);
});
