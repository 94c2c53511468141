import { expect, test } from "vitest";

import { isFileError } from "../../checked/file-error.ts";
import { parseScenario } from "./parse-scenario.ts";

/** What is said about a text. */
function complaint(text: string): string {
  try {
    parseScenario("story.yaml", text);
  } catch (error) {
    if (isFileError(error)) return error.message;
    throw error;
  }
  return "";
}

test("an event needs no more than its type", () => {
  expect(parseScenario("a.json", '{ "scenario": 1, "events": [{ "type": "Preempt" }] }')).toEqual({
    summary: "",
    events: [
      {
        after: 0,
        type: "Preempt",
        source: "Platform",
        description: "",
        duration: -1,
        resources: ["{vm}"],
        course: { notice: 30, startedFor: 600 },
      },
    ],
    steps: [],
  });
});

test("each mistake is shown with its place, a caret and what to do, all at once", () => {
  const text = `scenario: 1
evnets: []
events:
  - id: one
    type: Rebot
    notice: 5
    cancelledAfter: 20 minutes
  - sorce: User
steps:
  - start: one
    fail: { with: rset }
vms: { name: a }
`;
  expect(complaint(text))
    .toBe(`story.yaml:2:1 error SCENARIO_UNKNOWN_KEY: "evnets" is not a key of the scenario
    2 | evnets: []
      | ^^^^^^
  help: Did you mean "events"?

story.yaml:5:11 error SCENARIO_BAD_CHOICE: events[0].type must be Freeze, Reboot, Redeploy, Preempt, Terminate, but is "Rebot"
    5 |     type: Rebot
      |           ^^^^^
  help: Did you mean "Reboot"?

story.yaml:6:13 error SCENARIO_WRONG_TYPE: events[0].notice must be text, but is 5
    6 |     notice: 5
      |             ^

story.yaml:7:21 error SCENARIO_BAD_DURATION: events[0].cancelledAfter must be a duration with its unit, but is "20 minutes"
    7 |     cancelledAfter: 20 minutes
      |                     ^^^^^^^^^^
  help: a number and ms, s, m, h or d, without a space, at most 99999d: 250ms, 15m, 5d

story.yaml:8:5 error SCENARIO_MISSING_KEY: events[1] has no "type"
    8 |   - sorce: User
      |     ^^^^^^^^^^^
  help: add type:

story.yaml:8:5 error SCENARIO_UNKNOWN_KEY: "sorce" is not a key of events[1]
    8 |   - sorce: User
      |     ^^^^^
  help: Did you mean "source"?

story.yaml:11:19 error SCENARIO_WRONG_TYPE: steps[0].fail.with must be a fault: a name such as hang, a status such as 429, { slow: ms }, { drip: ms }, { pad: bytes } or { status, headers, body }, but is "rset"
   11 |     fail: { with: rset }
      |                   ^^^^
  help: Did you mean "reset"?

story.yaml:12:6 error SCENARIO_WRONG_TYPE: vms must be a list, but is a map
   12 | vms: { name: a }
      |      ^^^^^^^^^^^

8 problems in story.yaml`);
});

const head = "scenario: 1\nevents: [{ id: reboot, type: Reboot }]\n";

test.each([
  ["", "SYNTAX", "the scenario is empty"],
  ["scenario: 2", "BAD_CHOICE", "scenario must be 1, but is 2"],
  ["events: []", "MISSING_KEY", 'the scenario has no "scenario"'],
  ["a: [", "SYNTAX", "story.yaml:1:5"],
  ["scenario: 1\n---\nscenario: 1", "SYNTAX", "there is more than one document: remove the line ---"],
  ["scenario: 1\nevents: [{ type: Reboot, notice: 100000d }]", "BAD_DURATION", "at most 99999d"],
  ["a: 1\na: 2", "SYNTAX", "Map keys must be unique"],
  ["- 1", "WRONG_TYPE", "the scenario must be a map, but is a list"],
  [`${head}steps: [{ start: rebot }]`, "UNKNOWN_NAME", 'Did you mean "reboot"?'],
  [`${head}steps: [{ remove: other }]`, "UNKNOWN_NAME", "there are reboot"],
  [
    `${head}steps: [{ when: { event: x, is: started }, start: reboot }]`,
    "UNKNOWN_NAME",
    "steps[0].when.event",
  ],
  [`${head}steps: [{ after: 5s }]`, "MISSING_KEY", "steps[0] does nothing"],
  [`${head}steps: [{ start: reboot, remove: reboot }]`, "BAD_VALUE", "does two things, start and remove"],
  [`${head}steps: [{ changeVm: { vm: web-02, set: {} } }]`, "UNKNOWN_NAME", 'Did you mean "web-01"?'],
  [`${head}steps: [{ changeVm: { set: { vmsize: x } } }]`, "UNKNOWN_KEY", 'Did you mean "vmSize"?'],
  [`${head}steps: [{ fail: { with: 99 } }]`, "WRONG_TYPE", "a status such as 429"],
  [`${head}steps: [{ incarnation: {} }]`, "BAD_VALUE", "steps[0].incarnation must NOT have fewer than 1"],
  [
    "scenario: 1\nevents: [{ type: Reboot, cancelledAfter: 15m }]",
    "BAD_VALUE",
    "starts 900 s after it appears",
  ],
  ["scenario: 1\nevents: [{ type: Reboot, stays: true, startedFor: 1m }]", "BAD_VALUE", "exclude each other"],
  [
    "scenario: 1\nevents: [{ id: a, type: Reboot }, { id: A, type: Reboot }]",
    "BAD_VALUE",
    "another one is already",
  ],
  ["scenario: 1\nvms: [{ name: a }, { name: a }]", "BAD_VALUE", 'vms[1].name is "a"'],
])("%j is refused as %s", (text, code, words) => {
  const said = complaint(text);
  expect(said).toContain(`error SCENARIO_${code}: `);
  expect(said).toContain(words);
});

test("aliases that multiply each other, and control characters, do no harm", () => {
  const bomb = ["a: &a [x, x, x, x, x, x, x, x, x, x]"];
  for (const letter of "bcdefgh") {
    const before = String.fromCharCode(letter.charCodeAt(0) - 1);
    bomb.push(`${letter}: &${letter} [${Array.from({ length: 10 }, () => `*${before}`).join(", ")}]`);
  }
  expect(complaint(bomb.join("\n"))).toContain("SCENARIO_SYNTAX");
  const said = complaint('scenario: "\\u001b[31m"\n\u0007x: 1');
  expect([...said].filter((letter) => letter < " " && letter !== "\n")).toEqual([]);
});
