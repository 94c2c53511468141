import { describe, expect, test } from "vitest";
import { columns, type Command, optionRows } from "./command.ts";
import { commands } from "./commands.ts";

const all: readonly Command[] = commands.flatMap((command) => [command, ...(command.commands ?? [])]);

/** The name of the command that a line of a shell begins with, the longest that fits. */
const commandOf = (line: string): string | undefined =>
  all
    .map(({ name }) => name)
    .filter((name) => new RegExp(`^forewarn ${name}( |$)`).test(line))
    .toSorted((a, b) => b.length - a.length)[0];

describe.each(all.map((command) => [command.name, command] as const))("forewarn %s", (name, command) => {
  test("says what it does in one sentence", () => {
    expect(command.summary).toMatch(/^[A-Z].*[.]$/);
  });

  test("has examples, its own and perhaps of commands beside it, that use only options that there are", () => {
    const lines = command.examples
      .map(([line]) => line.replace(/^source <\((.*)\)$/, "$1"))
      .filter((line) => !line.startsWith("#"));
    expect(lines.map(commandOf)).toContain(name);
    for (const line of lines) {
      const meant = all.find((each) => each.name === commandOf(line));
      if (meant?.passThrough === true) continue;
      const known = new Set(
        optionRows(meant as Command).flatMap(([written]) => written.match(/--?[\w-]+/g) ?? []),
      );
      const [own = ""] = line.split(" | ");
      const used = own.match(/(?<= )--?[a-z][\w-]*/g) ?? [];
      expect(used.filter((option) => !known.has(option))).toEqual([]);
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
