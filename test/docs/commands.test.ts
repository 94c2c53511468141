import { parseArgs } from "node:util";
import { describe, expect, test } from "vitest";
import { type Command, optionsOf } from "../../packages/cli/src/command.ts";
import { commands } from "../../packages/cli/src/commands.ts";
import { parseArguments } from "../../packages/simulator/src/cli/arguments.ts";
import { type Block, blocksIn, documents, proseOf } from "./documents.ts";

const quotes = /'[^']*'|"[^"]*"/g;
const program = /(?:^|[|;&(] *|\bnpx |\$ )(?:forewarn|node \S*\/bin\/forewarn\.js) ([^|;&)#>]*)/g;

/** The command lines of `forewarn` in a line of a shell, as words; what is quoted is one word. A usage is none. */
function commandLines(line: string): readonly (readonly string[])[] {
  if (line.includes("[options]")) return [];
  const quoted: string[] = [];
  const bare = line
    .replaceAll(quotes, (text) => `«${quoted.push(text.slice(1, -1)) - 1}»`)
    .replace(/(^|\s)#.*$/, "")
    .replace(/^(?:export )?(?:\w+=\S+ +)+/, "");
  return [...bare.matchAll(program)].map(([, words = ""]) =>
    words
      .trim()
      .split(/\s+/)
      .map((word) => word.replaceAll(/«(\d+)»/g, (_, index: string) => quoted[Number(index)] ?? "")),
  );
}

/** What is wrong with a command line: no such command or option. Undefined where it can be understood. */
function wrong([first = "", ...words]: readonly string[]): string | undefined {
  if (["--version", "--help", "help"].includes(first)) return undefined;
  const command = commands.find(({ name }) => name === first);
  if (command === undefined) return `there is no command ${first}`;
  const below = command.commands?.find(({ name }) => name === `${first} ${words[0]}`);
  try {
    if (first === "simulate") parseArguments(words);
    else if (below !== undefined) parse(below, words.slice(1));
    else parse(command, words);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

function parse(command: Command, words: readonly string[]): void {
  const options = Object.fromEntries(
    Object.entries(optionsOf(command)).map(([name, { type, short }]) => [
      name,
      short === undefined ? { type } : { type, short },
    ]),
  );
  const args = words.flatMap((word, index) => {
    const value = command.optionalValues?.[word.slice(2)];
    const next = words[index + 1];
    return value !== undefined && (next === undefined || next.startsWith("-")) ? [word, value] : [word];
  });
  const { positionals } = parseArgs({ args, options, allowPositionals: true });
  if (positionals.length > 0 && command.args === undefined)
    throw new Error(`${command.name} takes no argument, got ${positionals[0]}`);
}

const linesOf = ({ code }: Block) => code.replaceAll(/\\\n\s*/g, " ").split("\n");
const blocks = blocksIn("sh").filter((block) => linesOf(block).flatMap(commandLines).length > 0);

describe("forewarn has every command and option that is written in a block", () => {
  test.each(blocks.map((block) => [block.place, block] as const))("%s", (_, block) => {
    expect(linesOf(block).flatMap(commandLines).map(wrong).filter(Boolean)).toEqual([]);
  });
});

test("and in the text", () => {
  const found = documents.flatMap((document) =>
    [...proseOf(document).matchAll(/`((?:npx )?forewarn [a-z][^`…]*)`/g)].flatMap(([, line = ""]) =>
      commandLines(line)
        .map(wrong)
        .filter(Boolean)
        .map((why) => `${document.path}: ${line}: ${why}`),
    ),
  );
  expect(found).toEqual([]);
});

test("what is wrong is found, whatever stands around it", () => {
  const errors = (line: string) => commandLines(line).map(wrong);
  expect(errors("X=1 npx forewarn rnu -c f.yaml # runs")).toEqual(["there is no command rnu"]);
  expect(errors("forewarn history --sinec 7d | head")[0]).toContain("--sinec");
  expect(errors("forewarn imds token --verify")[0]).toContain("--verify");
  expect(errors("forewarn simulate --scenari x")[0]).toContain("--scenari");
  expect(errors("forewarn run --simulate --print")).toEqual([undefined]);
  expect(errors("source <(forewarn completion bash) && forewarn history --type 'a; b'")).toEqual([
    undefined,
    undefined,
  ]);
});
