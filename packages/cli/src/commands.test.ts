import { describe, expect, test } from "vitest";
import { columns, type Command, optionRows } from "./command.ts";
import { commands } from "./commands.ts";

const all: readonly Command[] = commands.flatMap((command) => [command, ...(command.commands ?? [])]);

describe.each(all.map((command) => [command.name, command] as const))("forewarn %s", (name, command) => {
  test("says what it does in one sentence", () => {
    expect(command.summary).toMatch(/^[A-Z].*[.]$/);
  });

  test("has examples that begin with its name and use only options that it has", () => {
    expect(command.examples.length).toBeGreaterThan(0);
    const known = optionRows(command).flatMap(([written]) => written.match(/--?[\w-]+/g) ?? []);
    for (const [line] of command.examples) {
      if (line.startsWith("#")) continue;
      expect(line).toMatch(new RegExp(`^forewarn ${name}( |$)`));
      if (command.passThrough === true) continue;
      const [own = ""] = line.split(" | ");
      const used = own.match(/(?<= )--?[a-z][\w-]*/g) ?? [];
      expect(used.filter((option) => !known.includes(option))).toEqual([]);
    }
  });
});

test.each(all.map((command) => [command.name, command] as const))(
  "forewarn %s --help fits 130 columns",
  (_, command) => {
    for (const rows of [command.examples, optionRows(command)])
      for (const line of columns(rows)) expect(line.length, line).toBeLessThanOrEqual(130);
  },
);

test("a command below another bears its name", () => {
  for (const { name, commands: below = [] } of commands)
    for (const each of below) expect(each.name.startsWith(`${name} `)).toBe(true);
});
