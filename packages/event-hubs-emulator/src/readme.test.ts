import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

import { helpText } from "./cli/narrate.ts";
import { checkFault } from "./faults/check-fault.ts";

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8").replaceAll(/ +/g, " ");

test("the README names every option of the help", () => {
  const options = helpText("x").match(/(?<=^ +(-h, )?)--[a-z-]+( [A-Z:]+)?/gm) ?? [];
  expect(options).toHaveLength(10);
  for (const option of options) expect(readme).toContain(`| \`${option}\` |`);
});

test("the README names every fault, and its examples are faults", () => {
  for (const at of ["connect", "put-token", "management", "attach", "send"]) {
    expect(readme).toContain(`| \`${at}\` |`);
    const message = failure(() => checkFault({ at, do: "?" }));
    const kinds = [...message.replace(/, not .*/, "").matchAll(/"([a-z-]+)"/g)]
      .map(([, name]) => name)
      .slice(1);
    expect(kinds.length).toBeGreaterThan(1);
    for (const kind of kinds) expect(readme).toContain(`\`${kind}\``);
  }
  const examples = readme.match(/\{"at"[^}]*\}/g) ?? [];
  expect(examples.length).toBeGreaterThan(1);
  for (const example of examples) checkFault(JSON.parse(example));
});

test("the README and the help name the same gaps", () => {
  const gaps = /It has no (geo-replication[^.]*?) or idempotent producers/s;
  const words = (text: string) => gaps.exec(text.replaceAll(/\s+/g, " "))?.[1]?.replace(/ \(.*?\)/, "");
  expect(words(readme)).toBe(words(helpText("x")));
  expect(words(readme)).toBeDefined();
});

function failure(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    return (error as Error).message;
  }
  return "";
}
