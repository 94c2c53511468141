import { type Filter, When } from "@forewarn/sdk";
import { createAjv } from "@forewarn/sdk/ajv";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createFilter } from "./filter.ts";

const event = {
  specversion: "1.0",
  id: "myId",
  source: "https://example.com",
  type: "com.github.error",
  affectsself: true,
  severitynumber: 17,
  data: { type: "inside" },
};
const passes = (filter: Filter, changes: object = {}) => createFilter(filter)({ ...event, ...changes });

/** The filters of the specification's conformance suite (cesql_tck/subscriptions_api_recreations.yaml), in these dialects. */
const https: Filter = { prefix: { source: "https://" } };
const ofError: Filter = { suffix: { type: ".error" } };
const mine: Filter = { exact: { id: "myId" } };
const idAndSource: Filter = { all: [{ prefix: { id: "my" } }, { suffix: { source: ".ca" } }] };
const idOrSource: Filter = { any: [{ prefix: { id: "my" } }, { suffix: { source: ".ca" } }] };
const disjunctive: Filter = {
  any: [
    { all: [{ exact: { id: "myId" } }, { suffix: { type: ".success" } }] },
    {
      all: [
        { exact: { id: "notmyId" } },
        { prefix: { source: "http://" } },
        { suffix: { type: ".warning" } },
      ],
    },
  ],
};
const conjunctive: Filter = {
  all: [
    { any: [{ exact: { id: "myId" } }, { suffix: { type: ".success" } }] },
    {
      any: [
        { exact: { id: "notmyId" } },
        { prefix: { source: "https://" } },
        { suffix: { type: ".warning" } },
      ],
    },
  ],
};
const local = "http://localhost.localdomain";

test.each<[string, Filter, object, boolean]>([
  ["prefix 1", https, { source: "https://example.com" }, true],
  ["prefix 2", https, { source: "http://example.com" }, false],
  ["prefix of an extension", { prefix: { myext: "custom" } }, { myext: "customext" }, true],
  ["prefix of one that is missing", { prefix: { myext: "custom" } }, {}, false],
  ["suffix 1", ofError, { type: "com.github.error" }, true],
  ["suffix 2", ofError, { type: "com.github.success" }, false],
  ["suffix of an extension", { suffix: { myext: "ext" } }, { myext: "customext" }, true],
  ["suffix of one that is missing", { suffix: { myext: "ext" } }, {}, false],
  ["exact 1", mine, { id: "myId" }, true],
  ["exact 2", mine, { id: "notmyId" }, false],
  ["exact of an extension", { exact: { myext: "customext" } }, { myext: "customext" }, true],
  ["exact of one that is missing", { exact: { myext: "customext" } }, {}, false],
  ["and 1", idAndSource, { id: "myId", source: "http://www.some-website.ca" }, true],
  ["and 2", idAndSource, { id: "myId", source: "http://www.some-website.com" }, false],
  ["or 1", idOrSource, { id: "myId", source: "http://www.some-website.ca" }, true],
  ["or 2", idOrSource, { id: "myId", source: "http://www.some-website.com" }, true],
  ["or 3", idOrSource, { id: "notmyId", source: "http://www.some-website.ca" }, true],
  ["or 4", idOrSource, { id: "notmyId", source: "http://www.some-website.com" }, false],
  ["disjunctive 1", disjunctive, { id: "myId", type: "example.event.success" }, true],
  ["disjunctive 2", disjunctive, { id: "notmyId", type: "example.event.warning", source: local }, true],
  [
    "disjunctive 3",
    disjunctive,
    { id: "notmyId", type: "example.event.warning", source: "https://l" },
    false,
  ],
  ["conjunctive 1", conjunctive, { id: "myId", type: "example.event.warning", source: local }, true],
  ["conjunctive 2", conjunctive, { id: "notmyId", type: "example.event.success", source: local }, true],
  ["conjunctive 3", conjunctive, { id: "notmyId", type: "example.event.warning", source: local }, false],
  // The suite's file says true, against its own expression.
  ["conjunctive 4", conjunctive, { id: "myId", type: "example.event.success", source: local }, false],
])("conformance: %s", (_, filter, changes, expected) => {
  expect(passes(filter, changes)).toBe(expected);
});

describe("what the specification says in words", () => {
  test.each<[string, Filter, boolean]>([
    ["several attributes of one filter must all match", { exact: { id: "myId", type: "other" } }, false],
    ["case counts", { exact: { id: "myid" } }, false],
    ["not inverts", { not: { exact: { id: "other" } } }, true],
    ["not of an unknown attribute holds", { not: { exact: { unknown: "x" } } }, true],
    ["not of not", { not: { not: mine } }, true],
    ["an empty list of filters is true", { all: [] }, true],
    ["a Boolean by its canonical string", { exact: { affectsself: "true" } }, true],
    ["an Integer by its canonical string", { prefix: { severitynumber: "1" } }, true],
    ["data is no attribute", { prefix: { data: "[object" } }, false],
    ["nor is what every object has", { prefix: { constructor: "f" } }, false],
  ])("%s", (_, filter, expected) => {
    expect(passes(filter)).toBe(expected);
  });
});

test.each<[object, boolean]>([
  [{ exact: { type: "a" } }, true],
  [{ not: { any: [{ prefix: { type: "a" } }, { all: [{ suffix: { id: "b" } }] }] } }, true],
  [{}, false],
  [{ exact: { type: "a" }, prefix: { type: "a" } }, false],
  [{ exact: {} }, false],
  [{ exact: { type: "" } }, false],
  [{ exact: { "": "a" } }, false],
  [{ exact: { Type: "a" } }, false],
  [{ exact: { type: 1 } }, false],
  [{ any: [] }, false],
  [{ all: [{ exact: { type: "a" } }, {}] }, false],
  [{ not: [{ exact: { type: "a" } }] }, false],
  [{ sql: "type = 'a'" }, false],
])("the schema and %j: %s", (filter, expected) => {
  expect(createAjv().compile(When)({ filters: [filter] })).toBe(expected);
});

const attribute = fc.constantFrom("type", "id", "source", "affectsself", "severitynumber", "absent", "data");
const text = fc.constantFrom("a", "ab", "b", "true", "17", "1");
const comparing = fc.dictionary(attribute, text, { minKeys: 1, maxKeys: 3 });
const { filter } = fc.letrec<{ filter: Filter }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 4, depthIdentifier: "filter" },
    fc.record({ exact: comparing }),
    fc.record({ prefix: comparing }),
    fc.record({ suffix: comparing }),
    fc.record({ all: fc.array(tie("filter"), { minLength: 1, maxLength: 3 }) }),
    fc.record({ any: fc.array(tie("filter"), { minLength: 1, maxLength: 3 }) }),
    fc.record({ not: tie("filter") }),
  ),
}));
const anyEvent = fc.record(
  {
    type: text,
    id: text,
    source: text,
    affectsself: fc.boolean(),
    severitynumber: fc.constantFrom(1, 17),
    data: fc.constantFrom({}, "a"),
  },
  { requiredKeys: [] },
);

/** The specification read aloud, without a thought for speed. */
function model(given: Filter, about: Readonly<Record<string, unknown>>): boolean {
  const [[dialect, inner] = []] = Object.entries(given);
  if (dialect === "not") return !model(inner as Filter, about);
  if (dialect === "all") return !(inner as Filter[]).some((each) => !model(each, about));
  if (dialect === "any") return (inner as Filter[]).filter((each) => model(each, about)).length > 0;
  for (const [name, wanted] of Object.entries(inner as Record<string, string>)) {
    if (name === "data" || !(name in about)) return false;
    const value = `${about[name]}`;
    const at = dialect === "suffix" ? value.length - wanted.length : 0;
    const end = dialect === "exact" ? value.length : at + wanted.length;
    if (at < 0 || value.slice(at, end) !== wanted) return false;
  }
  return true;
}

test("any filter over any event says what a naive reading of the specification says", () => {
  fc.assert(
    fc.property(filter, anyEvent, (given, about) => {
      expect(createFilter(given)(about)).toBe(model(given, about));
    }),
    { numRuns: 2000, seed: 1 },
  );
});
