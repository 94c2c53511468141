import { expect, test } from "vitest";
import { commands } from "../commands.ts";
import { bashScript } from "./bash.ts";
import { fishScript } from "./fish.ts";
import { placesOf } from "./places.ts";
import { zshScript } from "./zsh.ts";

// That the shells understand them is shown by test/e2e/completion.test.ts.
test("every option of every command is offered by all three scripts", () => {
  const places = placesOf(commands);
  const scripts = [bashScript(places), zshScript(places), fishScript(places)];
  const options = places.flatMap((place) => place.options.map(({ long }) => long.slice(2)));
  expect(options.length).toBeGreaterThan(60);
  for (const script of scripts) expect(options.filter((option) => !script.includes(option))).toEqual([]);
});
