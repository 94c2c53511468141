import type { Finding } from "../../checked/finding.ts";
import { readDocument } from "../../checked/located-document.ts";
import { fileError } from "../../checked/render-findings.ts";
import { createShape } from "../../checked/shape.ts";
import type { Shape } from "../../checked/shape.ts";
import type { Scenario } from "../scenario.ts";
import { nameFindings } from "./name-findings.ts";
import { scenarioOf } from "./scenario-of.ts";
import { ScenarioFileSchema } from "./scenario-schema.ts";
import type { ScenarioFile } from "./scenario-schema.ts";

/** What is wrong with the data of a scenario, wherever it comes from. */
export const scenarioShape: Shape = (() => {
  const shape = createShape(ScenarioFileSchema, "the scenario");
  return (value) => {
    const findings = shape(value);
    return findings.length > 0 ? findings : nameFindings(value as ScenarioFile);
  };
})();

const empty: readonly Finding[] = [
  {
    code: "SYNTAX",
    path: [],
    at: "value",
    message: "the scenario is empty",
    cure: "begin with scenario: 1 and events: [{ type: Reboot }]",
  },
];

/** The scenario of a text in YAML or JSON, `file` being its name in messages; throws a FileError with all that is wrong. */
export function parseScenario(file: string, text: string): Scenario {
  const document = readDocument(file, text);
  if (document.broken.length > 0) throw fileError(document, "SCENARIO", []);
  const findings =
    document.value === null || document.value === undefined ? empty : scenarioShape(document.value);
  if (findings.length > 0) throw fileError(document, "SCENARIO", findings);
  return scenarioOf(document.value as ScenarioFile);
}
