import { expect, test } from "vitest";
import { read, rooms, sourcesOf } from "./workspace.ts";

const documented = new Set(
  [...read("docs/errors.md").matchAll(/^### (\S+)$/gm)].map(([, code = ""]) => code),
);
const sources = rooms.flatMap(({ folder }) => sourcesOf(`${folder}/src`)).map(read);

/** What the code reads from its environment, and no error code: `FOREWARN_IMDS_ENDPOINT`. */
const isVariable = (name: string) => /^(FOREWARN|STATE)_.*(URL|SECRET|ENDPOINT|DIRECTORY)$/.test(name);

/** Every text between double quotes, or key of an object, that looks like a code of ours. */
const written = sources
  .flatMap((text) => [
    ...text.matchAll(/(?:"|^ {2})((?:CONFIG|STATE|FOREWARN)_[A-Z]+(?:_[A-Z]+)*)\b(?="|:)/gm),
  ])
  .map(([, code = ""]) => code)
  .filter((code) => !isVariable(code));

/** The members of every union that is called an error code. */
const unions = sources
  .flatMap((text) => [...text.matchAll(/^export type \w*ErrorCode =\n?((?:\s*\|? *"[\w-]+")+);/gm)])
  .flatMap(([, members = ""]) => [...members.matchAll(/"([\w-]+)"/g)].map(([, code = ""]) => code));

/** What the simulator finds in files, by the kind of file. */
const findings = () => {
  const [, list = ""] =
    /findingCodes = \{([^}]*)\}/.exec(read("packages/simulator/src/checked/finding.ts")) ?? [];
  const codes = [...list.matchAll(/^ {2}(\w+):/gm)].map(([, code = ""]) => code);
  const calls = sources.flatMap((text) => [
    ...text.matchAll(/\b(?:fileError|readText|unreadable)\(\w+, "([A-Z]+)"/g),
  ]);
  const kinds = new Set(calls.map(([, kind = ""]) => kind));
  return [...kinds].flatMap((kind) => codes.map((code) => `${kind}_${code}`));
};

test("every error code has its place in docs/errors.md, and no other has one", () => {
  expect([written.length > 40, unions.length > 20, findings().length >= 18]).toEqual([true, true, true]);
  const found = new Set([...written, ...unions, ...findings()]);
  expect([...found].filter((code) => !documented.has(code))).toEqual([]);
  expect([...documented].filter((code) => !found.has(code))).toEqual([]);
});
