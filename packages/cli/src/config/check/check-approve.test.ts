import { expect, test } from "vitest";
import { sampleImporter } from "../fixtures/sample-sinks.ts";
import { readConfig } from "../read.ts";

async function policy(approve: string): Promise<unknown> {
  const read = await readConfig({
    text: `${approve}\nsinks: { drain: { type: pager, options: { url: "https://pager.example" } } }`,
    env: { PAGER_TOKEN: "secret-of-the-pager" },
    cwd: import.meta.dirname,
    importer: sampleImporter,
  });
  return read.ok ? read.settings.approve : read.problems.map(({ message }) => message);
}

test.each([
  ["", null],
  ["approve: never", null],
  ["approve: user", { eventSource: "User" }],
  ["approve: { after: [drain] }", { after: ["drain"] }],
  [
    "approve: { eventSource: User, after: [drain], eventTypes: [Reboot], shared: true, dryRun: true }",
    { eventSource: "User", after: ["drain"], eventTypes: ["Reboot"], shared: true, dryRun: true },
  ],
])("%s", async (text, expected) => {
  expect(await policy(text)).toEqual(expected);
});

test("a sink called like a method of every object is no sink", async () => {
  expect(await policy("approve: { after: [constructor] }")).toEqual([
    'approve.after[0] names a sink that does not exist: "constructor"',
  ]);
});
