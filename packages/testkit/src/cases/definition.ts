import { apiVersion, type BatchLimits, parseDuration, parseSize } from "@forewarn/sdk";
import { valueFor } from "../batch.ts";
import { type Chapter, must, should } from "../case.ts";
import { accepts } from "../options.ts";
import type { Shown } from "../options-table.ts";
import { staleness } from "../readme.ts";
import { broken, expectSame } from "../verdict.ts";

const smellsOfSecrets = /pass(?:word|phrase|wd)?$|secret|token|credential|connectionstring|(?:^|[a-z-])key$/i;

/** What a sink says of itself. */
export const definition: Chapter = {
  title: "definition",
  cases: [
    must("has a type in small letters, digits and hyphens", [], async ({ harness: { definition } }) => {
      if (!/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(definition.type)) {
        broken(`type is ${JSON.stringify(definition.type)}: use small letters, digits and single hyphens`);
      }
    }),

    must("is made for this version of the contract", [], async ({ harness: { definition } }) => {
      expectSame("apiVersion, which defineSink sets,", definition.apiVersion, apiVersion);
    }),

    must("has a summary of one sentence", [], async ({ harness: { definition } }) => {
      if (!/^\S[^\n]{8,198}[^.\s]\.$/.test(definition.summary)) {
        broken(
          `summary is ${JSON.stringify(definition.summary)}: say in one line what it does with an event`,
        );
      }
    }),

    must("describes every option", [], async ({ harness: { definition } }) => {
      const silent = optionsOf(definition.options).filter(
        ([, { description = "" }]) => description.trim() === "",
      );
      expectNone("options without a description", silent);
    }),

    must("accepts valid options, in ajv's strict mode", [], async (bench) => {
      await bench.rig();
    }),

    should("declares secrets as such", ["secret-names"], async ({ harness: { definition } }) => {
      const open = optionsOf(definition.options).filter(
        ([path, option]) => smellsOfSecrets.test(path) && option.type === "string" && option.secret !== true,
      );
      expectNone("options that smell of secrets and are not Secret()", open);
    }),

    should("refuses unknown options", ["closed-options"], async (bench) => {
      const { options } = await bench.rig();
      if (accepts(bench.harness.definition.options, { ...Object(options), "no-such-option": true })) {
        broken("an unknown option is accepted, so a misspelt one is too: set additionalProperties to false");
      }
    }),

    must("asks for batches and concurrency that make sense", [], async (bench) => {
      const { options } = await bench.rig();
      const { definition } = bench.harness;
      const concurrency = valueFor<number>(definition.concurrency, options) ?? 1;
      const {
        maxEvents = 1,
        maxBytes = "1B",
        linger = "0ms",
      } = valueFor<BatchLimits>(definition.batch, options) ?? {};
      for (const [name, value] of Object.entries({ concurrency, maxEvents, maxBytes: parseSize(maxBytes) })) {
        if (!Number.isSafeInteger(value) || value < 1)
          broken(`${name} is ${value}, expected a whole number from 1`);
      }
      parseDuration(linger);
    }),

    must("shows its options in the README as they are declared", ["readme"], async ({ harness }) => {
      if (harness.readme === undefined)
        broken('name the README: readme: new URL("../README.md", import.meta.url)');
      const stale = staleness(harness.readme, harness.definition);
      if (stale !== undefined) broken(stale);
    }),
  ],
};

function optionsOf(schema: Shown, path = ""): readonly (readonly [string, Shown])[] {
  const own = Object.entries(schema.properties ?? {}).flatMap(([name, option]) => {
    const at = path === "" ? name : `${path}.${name}`;
    return [[at, option] as const, ...optionsOf(option, at)];
  });
  const inner = [...(schema.anyOf ?? []), ...(schema.items === undefined ? [] : [schema.items])];
  return [...own, ...inner.flatMap((one) => optionsOf(one, path))];
}

function expectNone(what: string, options: readonly (readonly [string, Shown])[]): void {
  if (options.length > 0) broken(`${what}: ${options.map(([path]) => path).join(", ")}`);
}
