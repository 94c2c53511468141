import { createAjv } from "@forewarn/sdk/ajv";
import { Ajv } from "ajv";
import addFormatsModule from "ajv-formats";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { file, pager, sampleImporter } from "../../packages/cli/src/config/fixtures/sample-sinks.ts";
import { readConfig } from "../../packages/cli/src/config/read.ts";
import { composeSchema } from "../../packages/cli/src/config/schema/compose.ts";

// ajv-formats is CommonJS without an ESM default: under nodenext the function sits one level deeper.
const addFormats = addFormatsModule as unknown as typeof addFormatsModule.default;
const ajv = new Ajv({ strict: false, allErrors: true });
addFormats(ajv);
const marks = ajv.compile(
  composeSchema([
    { type: "pager", definition: pager },
    { type: "file", definition: file },
  ]),
);

const one = (...values: readonly unknown[]) => fc.constantFrom(...values);
const rarely = { requiredKeys: [] };
const duration = one("1s", "5m", "${env:DURATION}", "${env:UNSET:-2s}", null);

/** What people write rightly, with references and keys without a value. */
const right = fc.record(
  {
    imds: fc.record(
      { pollInterval: one("1s", "${env:DURATION}"), maxRequestsPerSecond: one(2, "${env:NUMBER}") },
      rarely,
    ),
    state: fc.option(fc.record({ path: one("a", "${env:TEXT}/b"), maxSize: one("10MB") }, rarely)),
    log: fc.record({ level: one("info", "${env:TEXT}"), format: one("auto", "json") }, rarely),
    admin: one("off", { listen: "127.0.0.1:0" }, {}, null),
    shutdownTimeout: duration,
    sinks: fc.dictionary(
      fc.constantFrom("a", "b-2"),
      fc.oneof(
        fc.record(
          {
            type: fc.constant("file"),
            options: one({ path: "a" }, { path: "${env:TEXT}" }),
            timeout: duration,
            from: one("now", "start", null),
            when: one(
              { scope: "self" },
              { filters: [{ not: { any: [{ prefix: { id: "a" } }] } }] },
              {},
              null,
            ),
            batch: one({ maxEvents: 5, linger: "1s" }, { maxEvents: "${env:NUMBER}" }, null),
            proxy: one("off", "http://proxy:1"),
          },
          { requiredKeys: ["type", "options"] },
        ),
        fc.record(
          {
            type: fc.constant("pager"),
            concurrency: one(1, "${env:NUMBER}"),
            options: fc.record(
              {
                url: one("https://a.example", "${env:URL}"),
                token: one("longer-than-eight", "${env:URL}"),
                priority: one("low", "high"),
                retries: one(0, "${env:NUMBER}"),
                quiet: one(true, "${env:TRUTH}"),
                limit: one("10MB"),
                to: one("a", ["a", "${env:TEXT}"]),
                headers: one({}, { a: "b" }),
                auth: one(
                  { kind: "basic", user: "a", password: "${env:TEXT}" },
                  { kind: "bearer", bearer: "a" },
                ),
              },
              { requiredKeys: ["url"] },
            ),
          },
          { requiredKeys: ["type", "options"] },
        ),
      ),
      { minKeys: 1, maxKeys: 2 },
    ),
  },
  { requiredKeys: ["sinks"] },
);

/** A slip: one value anywhere becomes another, or a key that is not there before. */
const slip = fc.record({
  at: fc.nat(50),
  key: fc.constantFrom(undefined, "other", "timeout", "options", "path", "level"),
  value: one("1", "info", "", "Bad Name", "${env:TEXT}", 0, 2.5, -1, true, null, [], ["a"], {}, { a: 1 }),
});

/** The same with these slips. */
function slipped(
  config: object,
  slips: readonly { at: number; key: string | undefined; value: unknown }[],
): object {
  const copy = structuredClone(config);
  for (const { at, key, value } of slips) {
    const maps: Record<string, unknown>[] = [];
    const collect = (each: unknown): void => {
      if (typeof each !== "object" || each === null) return;
      if (!Array.isArray(each)) maps.push(each as Record<string, unknown>);
      Object.values(each).forEach(collect);
    };
    collect(copy);
    const map = maps[at % maps.length] ?? {};
    const keys = Object.keys(map);
    map[key ?? keys[at % Math.max(1, keys.length)] ?? "other"] = value;
  }
  return copy;
}

// Compiled once: it is the schema that is tested.
const validators = new Map(
  [pager, file].map((sink) => [`validate:${sink.type}`, { validate: createAjv().compile(sink.options) }]),
);
const importer = {
  resolve: (specifier: string) => {
    const [, type] = /sink-(\w+)\/validate$/.exec(specifier) ?? [];
    return type === undefined ? sampleImporter.resolve(specifier) : `validate:${type}`;
  },
  import: (url: string) => Promise.resolve(validators.get(url) ?? sampleImporter.import(url)),
};

/** What a schema can see. */
const visible =
  /^CONFIG_(UNKNOWN_KEY|MISSING_KEY|WRONG_TYPE|BAD_CHOICE|BAD_DURATION|BAD_SIZE|NO_SINKS|BAD_SINK_NAME)$/;

test("what forewarn takes no editor marks, and what a schema can see of what it refuses an editor marks", async () => {
  let taken = 0;
  await fc.assert(
    fc.asyncProperty(right, fc.array(slip, { maxLength: 2 }), async (config, slips) => {
      const given = slipped(config, slips);
      const read = await readConfig({
        text: JSON.stringify(given),
        env: { TEXT: "info", URL: "https://a.example", NUMBER: "5", TRUTH: "true", DURATION: "3s" },
        importer,
      });
      const isRight = marks(given);
      if (read.ok) taken++;
      const told = read.ok ? [] : read.problems.filter(({ code }) => visible.test(code));
      const seen = told.filter(({ message }) => !message.endsWith("stands for"));
      const expected = read.ok || (seen.length === 0 && isRight);
      expect(isRight, JSON.stringify(marks.errors ?? told)).toBe(expected);
    }),
    { numRuns: 300, seed: 1 },
  );
  expect(taken).toBeGreaterThan(50);
});
