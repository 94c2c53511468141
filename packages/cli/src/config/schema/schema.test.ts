import { expect, test } from "vitest";
import { unitOf } from "../explain/unit-cure.ts";
import { createKnowledge } from "./knowledge.ts";
import type { JsonSchema } from "./schema-error.ts";
import { ConfigSchema } from "./schema.ts";
import { validateConfig } from "./validator.ts";

const minimal = () => ({ sinks: { a: { type: "file" } } });

function* properties(schema: JsonSchema, path = ""): Generator<[path: string, schema: JsonSchema]> {
  for (const [key, child] of Object.entries(schema.properties ?? {})) {
    yield [`${path}/${key}`, child];
    yield* properties(child, `${path}/${key}`);
  }
  for (const child of Object.values(schema.patternProperties ?? {})) yield* properties(child, `${path}/*`);
}

const all = [...properties(ConfigSchema as JsonSchema)];

test.each(all)("%s is described", (_path, schema) => {
  expect(schema.description).toMatch(/\.$/);
});

test("no map but the sinks and their options takes unknown keys", () => {
  const open = all.filter(([, schema]) => schema.type === "object" && schema.additionalProperties !== false);
  expect(open.map(([path]) => path)).toEqual(["/sinks", "/sinks/*/options"]);
});

test("every default has a unit that is understood", () => {
  const amounts = all.flatMap(([, schema]) => {
    const value = (schema as { readonly default?: unknown }).default;
    const unit = unitOf(schema);
    return unit === undefined || value === undefined ? [] : [unit.parse(String(value))];
  });
  expect(amounts).toHaveLength(10);
  expect(Math.min(...amounts)).toBeGreaterThan(0);
});

test("the smallest configuration is valid and gets every default", () => {
  const config = minimal();
  expect(validateConfig(config)).toBe(true);
  expect(config).toEqual({
    imds: {
      endpoint: "http://169.254.169.254",
      pollInterval: "1s",
      requestTimeout: "10s",
      unreachableAfter: "90s",
      notBeforeTolerance: "5s",
    },
    metadata: { interval: "60s", redact: [], tags: { include: ["*"], exclude: [] } },
    state: { retention: "30d", retentionSize: "256MB", maxSize: "1GB" },
    log: { level: "info", format: "auto" },
    admin: {},
    approve: "never",
    shutdownTimeout: "10s",
    sinks: { a: { type: "file", timeout: "15s", from: "now", options: {} } },
  });
});

test("a sink may be called like a method of every object", () => {
  for (const name of ["constructor", "to-string", "valueof"]) {
    expect(validateConfig({ sinks: { [name]: { type: "file" } } })).toBe(true);
  }
  expect(createKnowledge(new Map()).schemasAt("/constructor")).toEqual([]);
});
