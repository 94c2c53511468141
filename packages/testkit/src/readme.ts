import { readFileSync, writeFileSync } from "node:fs";
import type { AnySinkDefinition } from "@forewarn/sdk";
import { optionsTable } from "./options-table.ts";

const marked = /^([\s\S]*<!-- options -->)([\s\S]*)(<!-- \/options -->[\s\S]*)$/;

/** A README with the table of options put between `<!-- options -->` and `<!-- /options -->`; throws where they are missing. */
export function withOptionsTable(readme: string, { options }: Pick<AnySinkDefinition, "options">): string {
  const [, before, , after] = marked.exec(readme) ?? [];
  if (before === undefined || after === undefined) {
    throw new Error("the README has no place for the table: write <!-- options --> and <!-- /options -->");
  }
  return `${before}\n\n${optionsTable(options)}\n\n${after}`;
}

/**
 * What is wrong with the table of options of a README, or undefined. Words count, layout does not, so a formatter may
 * have gone over it. With UPDATE_README=1 in the environment the table is written anew instead.
 */
export function staleness(
  path: URL | string,
  definition: Pick<AnySinkDefinition, "options">,
): string | undefined {
  const readme = readFileSync(path, "utf8");
  const wanted = withOptionsTable(readme, definition);
  if (words(readme) === words(wanted)) return undefined;
  if (process.env["UPDATE_README"] === "1") {
    writeFileSync(path, wanted);
    return undefined;
  }
  return `the table of options in ${String(path)} is stale; UPDATE_README=1 writes it anew:\n\n${optionsTable(definition.options)}`;
}

/** The table without what formatters change: space, the rule below the head, the kind of emphasis, escapes. */
function words(readme: string): string {
  const [, , table = ""] = marked.exec(readme) ?? [];
  return table.replaceAll(/^[\s:|-]+$/gm, "").replaceAll(/[\s\\*_]+/g, "");
}
