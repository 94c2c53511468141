import { globSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { errorCatalog } from "../packages/cli/src/errors/catalog.ts";

const golden = resolve(import.meta.dirname, "../packages/cli/src/config/golden");

/** `docs/errors.md`, from the catalog of all codes and the golden files of wrong configurations. */
export function errorsPage(): string {
  const examples = examplesOf();
  return [
    "# Errors",
    "Generated from the catalog in `packages/cli/src/errors`; `npm run docs:generate` writes it anew.",
    "Every problem has a code that does not change: search for it here, or ask `forewarn explain CODE`. Exit codes are in the table of [commands](commands.md#exit-codes). Examples are from the golden files by which the messages are tested; secrets are hidden in every excerpt.",
    ...errorCatalog.flatMap(({ title, about, codes }) => [
      `## ${title}`,
      about,
      ...Object.entries(codes).flatMap(([code, { means, cure }]) => {
        const example = examples.get(code);
        return [
          `### ${code}`,
          `${means}`,
          `_What to do:_ ${cure}`,
          ...(example === undefined ? [] : [`\`\`\`text\n${example}\n\`\`\``]),
        ];
      }),
    ]),
  ].join("\n\n");
}

/** What a person is told for each code: the shortest message of the golden files that has a picture. */
function examplesOf(): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const name of globSync("*.txt", { cwd: golden }).toSorted()) {
    const [, told = ""] = readFileSync(join(golden, name), "utf8").split(/^-{40}.*-{40}\n/m);
    for (const block of told.split("\n\n")) {
      const code = / error (\w+): /.exec(block)?.[1];
      if (code === undefined || !block.includes("^")) continue;
      const shortest = found.get(code);
      if (shortest === undefined || block.length < shortest.length) found.set(code, block);
    }
  }
  return found;
}
