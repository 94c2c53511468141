import { globSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { type AnySinkDefinition, isSinkDefinition } from "@forewarn/sdk";
import { Ajv, type ValidateFunction } from "ajv";
import addFormatsModule from "ajv-formats";
import { describe, expect, test } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { file, pager, picky, sampleImporter } from "../../packages/cli/src/config/fixtures/sample-sinks.ts";
import { readConfig } from "../../packages/cli/src/config/read.ts";
import { composeSchema } from "../../packages/cli/src/config/schema/compose.ts";

const root = resolve(import.meta.dirname, "../..");
// ajv-formats is CommonJS without an ESM default: under nodenext the function sits one level deeper.
const addFormats = addFormatsModule as unknown as typeof addFormatsModule.default;

/** As editors do: JSON Schema draft-07; strict, so that no keyword is one that they do not know. */
function compiled(schema: object): ValidateFunction {
  const ajv = new Ajv({ strict: true, strictTypes: false, strictRequired: false, allErrors: true });
  addFormats(ajv);
  return ajv.compile(schema);
}

async function firstParty(): Promise<readonly { type: string; definition: AnySinkDefinition }[]> {
  const sources = globSync("plugins/*/src/*.ts", { cwd: root }).filter(
    (path) => basename(path, ".ts") === basename(dirname(dirname(path))),
  );
  const modules = await Promise.all(
    sources.map(async (path) => (await import(join(root, path))) as Record<string, unknown>),
  );
  return modules.flatMap((module) =>
    Object.values(module)
      .filter(isSinkDefinition)
      .map((definition) => ({ type: definition.type, definition })),
  );
}

const validate = compiled(composeSchema(await firstParty()));
const problemsOf = (config: unknown) => (validate(config) ? [] : validate.errors);

describe("what editors are told", () => {
  const configurations = [
    ...globSync(["examples/**/*.yaml", "packages/cli/README.md", "docs/**/*.md", "plugins/*/README.md"], {
      cwd: root,
      exclude: (path) => path.includes("node_modules"),
    }),
    "README.md",
  ].flatMap((path) =>
    textsOf(path)
      .flatMap((text) => parseAllDocuments(text))
      .map((document, index) => [`${path} ${index}`, document.toJS() as unknown] as const),
  );
  const whole = configurations.filter(
    ([, config]) => typeof config === "object" && config !== null && "sinks" in config,
  );

  test.each(whole)("%s is a right configuration", (_, config) => {
    expect(problemsOf(config)).toEqual([]);
  });

  test("there are many of them", () => {
    expect(whole.length).toBeGreaterThan(20);
  });

  test.each<[string, object, string]>([
    [
      "an option of another sink",
      { a: { type: "file", options: { path: "a", url: "b" } } },
      "/sinks/a/options",
    ],
    ["a missing option", { a: { type: "slack" } }, "/sinks/a"],
    ["a missing option among others", { a: { type: "slack", options: { tags: [] } } }, "/sinks/a/options"],
    ["a wrong value", { a: { type: "slack", options: { url: "ftp://x" } } }, "/sinks/a/options/url"],
    [
      "a wrong filter far inside",
      { a: filtered([{ not: { any: [{ exakt: {} }] } }]) },
      "/sinks/a/when/filters/0/not/any/0",
    ],
    ["a duration without a unit", { a: { ...filtered([]), timeout: "5" } }, "/sinks/a/timeout"],
  ])("%s is marked", (_, sinks, place) => {
    expect(problemsOf({ sinks })?.map(({ instancePath }) => instancePath)).toContain(place);
  });

  test.each<[string, object]>([
    [
      "references stand for texts, numbers, choices and truths",
      {
        a: {
          type: "webhook",
          concurrency: "${env:N}",
          from: "${env:F:-now}",
          timeout: "${env:T}",
          options: { url: "${env:U}", mode: "${env:M}" },
        },
        b: { type: "file", options: { path: "a", gzip: "${env:G}", keep: "${file:keep}" } },
      },
    ],
    ["keys without a value", { a: { type: "file", options: { path: "a" }, when: null, batch: null } }],
    ["options that only the sink knows", { a: { type: "./mine.ts", options: { anything: 1 } } }],
  ])("%s are right", (_, sinks) => {
    expect(problemsOf({ imds: null, $schema: "./forewarn.schema.json", sinks })).toEqual([]);
  });

  test("a hover tells what it is and what it is when left out; defaults need not be written", () => {
    const text = JSON.stringify(composeSchema([{ type: "file", definition: file }]));
    expect(text).toContain("How long one delivery may take; at least 100ms. Default: `15s`.");
    expect(text).toContain("Writes events to a file.");
    expect(text).not.toContain('"secret"');
  });
});

/** What a schema can see of what is wrong. */
const visible = new Set([
  "CONFIG_UNKNOWN_KEY",
  "CONFIG_MISSING_KEY",
  "CONFIG_WRONG_TYPE",
  "CONFIG_BAD_CHOICE",
  "CONFIG_BAD_DURATION",
  "CONFIG_BAD_SIZE",
  "CONFIG_NO_SINKS",
  "CONFIG_BAD_SINK_NAME",
]);

/** What the loader knows beyond it: values of references, and what must stand beside what. */
const invisible = /stands for$|names a sink that does not exist|without them every event would start at once/;

describe("the wrong configurations of packages/cli/src/config/golden", () => {
  const directory = join(root, "packages/cli/src/config/golden");
  const samples = compiled(
    composeSchema([
      { type: "pager", definition: pager },
      { type: "file", definition: file },
      { type: "@acme/picky", definition: picky },
    ]),
  );

  test.each(readdirSync(directory))("%s: an editor marks all that a schema can see", async (name) => {
    const [text = ""] = readFileSync(join(directory, name), "utf8").split(/^-{40} /m);
    const read = await readConfig({ text, env: { LOUD: "x" }, cwd: directory, importer: sampleImporter });
    const told = read.ok ? [] : read.problems;
    const unreadable = told.some(({ code }) => code === "CONFIG_SYNTAX" || code === "CONFIG_DUPLICATE_KEY");
    const places = told
      .filter(({ code, message }) => visible.has(code) && !invisible.test(message))
      .map(({ path }) => path);
    if (unreadable || places.length === 0) return;
    expect(samples(parse(text))).toBe(false);
    const marked = new Set((samples.errors ?? []).map(({ instancePath }) => instancePath));
    // What is missing is marked at the map that lacks it.
    const around = (path: string) => [
      path,
      path.replace(/\/[^/]*$/, ""),
      path.replace(/\/options\/[^/]*$/, ""),
    ];
    const missed = places.filter((path) => !around(path).some((place) => marked.has(place)));
    expect(missed).toEqual([]);
  });
});

function filtered(filters: readonly object[]): object {
  return { type: "file", options: { path: "a" }, when: { filters } };
}

/** The configurations of a file, or of the blocks of code of a page. */
function textsOf(path: string): readonly string[] {
  const text = readFileSync(join(root, path), "utf8");
  if (!path.endsWith(".md")) return [text];
  return [...text.matchAll(/^```yaml\n([\s\S]*?)^```/gm)].map(([, code = ""]) => code);
}
