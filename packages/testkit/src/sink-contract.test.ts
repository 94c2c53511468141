import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { chapters } from "./chapters.ts";
import { capabilities } from "./harness.ts";

const read = (path: string) => readFileSync(join(import.meta.dirname, "../../..", path), "utf8");

test("docs/sink-contract.md names every case, with its level, and no other", () => {
  const rows = read("docs/sink-contract.md").matchAll(/^\| (MUST|SHOULD) +\|.*\| `([^`]+)` +\|$/gm);
  const told = [...rows].map(([, level, name]) => ({ level, name }));
  const held = chapters.flatMap(({ cases }) => cases.map(({ level, name }) => ({ level, name })));
  expect(told).toEqual(held);
});

test("no two cases share a name", () => {
  const names = chapters.flatMap(({ cases }) => cases.map(({ name }) => name));
  expect(names).toEqual([...new Set(names)]);
});

test("the README says what every capability means", () => {
  const [, section = ""] = read("packages/testkit/README.md").split(/^## (?:What a d|The h).*$/m);
  const rows = section.matchAll(/^\| `([a-z-]+)` +\| (.*?) +\|$/gm);
  expect([...rows].map(([, name, meaning]) => [name, meaning])).toEqual(Object.entries(capabilities));
});

test("every capability switches a case off", () => {
  const needed = new Set(chapters.flatMap(({ cases }) => cases.flatMap(({ needs }) => needs)));
  expect(Object.keys(capabilities).filter((name) => !needed.has(name as keyof typeof capabilities))).toEqual(
    [],
  );
});
