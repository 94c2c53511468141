import { readText } from "../checked/read-text.ts";
import { didYouMean } from "../cli/did-you-mean.ts";
import type { Scenario } from "./scenario.ts";
import { scenarios } from "./scenarios.ts";
import type { ScenarioName } from "./scenarios.ts";

/** Whether a word on a command line means a file and not one of the built-in scenarios. */
function namesFile(word: string): boolean {
  return /[/\\]|\.(ya?ml|json)$/i.test(word);
}

/**
 * The scenario that a word means: a built-in one by its name, or else a file in YAML or JSON. Rejects with a RangeError
 * that proposes a name, and with a FileError that shows what is wrong in the file.
 */
export async function readScenario(word: string): Promise<Scenario> {
  if (Object.hasOwn(scenarios, word)) return scenarios[word as ScenarioName];
  if (!namesFile(word)) {
    const names = Object.keys(scenarios);
    throw new RangeError(
      `Unknown scenario "${word}".${didYouMean(word, names)} Known: ${names.join(", ")}; a file is given as ./${word}.yaml.`,
    );
  }
  // Only here: who plays no file needs neither the YAML parser nor the validator.
  const { parseScenario } = await import("./file/parse-scenario.ts");
  const cure = "give the path of a scenario file, or one of the names of --list";
  return parseScenario(word, await readText(word, "SCENARIO", cure));
}
