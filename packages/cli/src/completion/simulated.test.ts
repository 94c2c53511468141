import { runSimulator } from "@forewarn/imds-simulator";
import { expect, test } from "vitest";
import { commands } from "../commands.ts";
import { placesOf } from "./places.ts";
import { withSimulator } from "./simulated.ts";

async function ask(argv: readonly string[]): Promise<string> {
  let printed = "";
  const output = { write: (text: string) => (printed += text) };
  await runSimulator(argv, { stdout: output, stderr: output });
  return printed;
}

test("every option that the simulator's help has, with its value, and its scenarios", async () => {
  const places = await withSimulator(placesOf(commands), ask);
  const optionsOf = (name: string) => places.find((place) => place.name === name)?.options ?? [];
  const help = await ask(["--help"]);
  const simulate = optionsOf("simulate");
  expect(simulate.map(({ long }) => long)).toEqual(help.match(/(?<=^ {2}(?:-\w, )?)--[\w-]+/gm));
  expect(simulate.find(({ long }) => long === "--replay")?.value).toBe("file");
  expect(simulate.find(({ long }) => long === "--loop")?.value).toBe("none");
  expect(simulate.find(({ long }) => long === "--listen")?.value).toBe("free");
  const scenarios = simulate.find(({ long }) => long === "--scenario")?.value;
  expect(scenarios).toContain("preempt-spot");
  expect(optionsOf("run").find(({ long }) => long === "--simulate")?.value).toEqual(scenarios);
  expect(optionsOf("events")).toEqual(placesOf(commands).find(({ name }) => name === "events")?.options);
});
