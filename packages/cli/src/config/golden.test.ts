import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { sampleImporter } from "./fixtures/sample-sinks.ts";
import { problemCodes } from "./problems/problem.ts";
import { renderProblems } from "./problems/render.ts";
import { readConfig } from "./read.ts";

/**
 * Each file of `golden/` is a wrong configuration and, below the line, what a person is told about it. After a
 * change of wording: `UPDATE_GOLDEN=1 npx vitest run --project unit packages/cli/src/config`, then read the diff.
 */
const directory = join(import.meta.dirname, "golden");
const line =
  "\n---------------------------------------- forewarn.yaml ----------------------------------------\n";
const update = process.env["UPDATE_GOLDEN"] !== undefined;
const env = {
  PAGER_TOKEN: "hunter2hunter2",
  LOG_LEVEL: "info",
  SHORT: "hunter2",
  NOT_A_URL: "hunter2hunter2",
  LOUD: "verbose",
  INTERVAL: "5",
};

test.each(readdirSync(directory))("%s", async (name) => {
  const path = join(directory, name);
  const [text = "", expected] = readFileSync(path, "utf8").split(line);
  const result = await readConfig({
    file: "forewarn.yaml",
    text,
    env,
    cwd: directory,
    platform: "linux",
    importer: sampleImporter,
  });
  const rendered = result.ok ? "valid\n" : renderProblems(result.problems, result.excerpt);
  const shown = rendered.replaceAll(directory, "/etc/forewarn");
  if (update) writeFileSync(path, `${text}${line}${shown}`);
  expect(shown).toBe(update ? shown : expected);
  expect(result.ok).toBe(false);
  expect(shown).not.toContain("hunter2");
});

test("every code that a file alone can bring about has a golden case", () => {
  const texts = readdirSync(directory).map((name) => readFileSync(join(directory, name), "utf8"));
  const unseen = Object.keys(problemCodes).filter((code) => !texts.some((text) => text.includes(code)));
  // Those of the host and of modules: load.test.ts here and beside the sinks, read.test.ts.
  expect(unseen).toEqual([
    "CONFIG_NOT_FOUND",
    "CONFIG_SINK_IMPORT_FAILED",
    "CONFIG_SINK_TYPESCRIPT",
    "CONFIG_SINK_BROKEN",
  ]);
});
