import * as fc from "fast-check";
import { expect, test } from "vitest";
import { parseConfig } from "../document/document.ts";
import { compiledImporter } from "../fixtures/compiled-pager.ts";
import { segmentsOf } from "../pointer.ts";
import { renderProblems, renderWarnings } from "../problems/render.ts";
import { readConfig } from "../read.ts";

const secret = "hunter2hunter2";
const text = `log: { level: info }
sinks:
  ops:
    type: pager
    timeout: 5s
    options:
      url: https://alice:${secret}@pager.example/x
      token: ${secret} # was ${secret}
      headers: { authorization: "${secret}", cookie: '${secret}' }
      auth:
        kind: basic
        user: ops
        password: >-
          ${secret}
`;

const insertions = [
  "",
  '"',
  "'",
  "{",
  "}",
  "[",
  "]",
  ":",
  ": ",
  "\n",
  "  ",
  ",",
  "#",
  " #",
  "&",
  "*",
  "!",
  "|",
  "\t",
];
const edit = fc.record({
  at: fc.nat(text.length),
  remove: fc.nat(2),
  insert: fc.constantFrom(...insertions, "%", "${", "@", "- ", "? ", "x"),
});

test("whatever a slip of the finger makes of a configuration, no message shows a secret", async () => {
  const property = fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 2 }), async (edits) => {
    const wrong = edits.reduce(
      (all, { at, remove, insert }) => all.slice(0, at) + insert + all.slice(at + remove),
      text,
    );
    const result = await readConfig({ text: wrong, importer: compiledImporter, env: {} });
    const shown = result.ok
      ? renderWarnings(result.settings.warnings, result.excerpt)
      : renderProblems(result.problems, result.excerpt);
    // A secret that was made a key cannot be told from a misspelled key.
    const keys = [...parseConfig("", wrong).places.keys()].flatMap(segmentsOf);
    fc.pre(!keys.some((key) => key.includes("ter2hunt")));
    expect(shown).not.toContain("ter2hunt");
  });
  const more = process.env["FUZZ_RUNS"];
  await fc.assert(property, more === undefined ? { numRuns: 300, seed: 1 } : { numRuns: Number(more) });
});
