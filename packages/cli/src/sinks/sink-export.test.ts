import { apiVersion, defineSink, Type } from "@forewarn/sdk";
import { expect, test } from "vitest";
import { sinkOf } from "./sink-export.ts";

const sink = (type: string) =>
  defineSink({ type, summary: "", options: Type.Object({}), open: () => ({ deliver: async () => {} }) });
const name = { shown: "@acme/pager", type: "pager", packageName: "@acme/pager" };
const pager = sink("pager");

test.each([
  ["a named export", { pager, helper: () => 1 }],
  ["the default export", { default: pager }],
  ["the same sink under two names", { pager, default: pager }],
  ["the one of several whose type was asked for", { pager, other: sink("other") }],
  ["CommonJS", { default: { pager } }],
  ["CommonJS made from an ES module", { default: { __esModule: true, default: pager } }],
])("a sink is found as %s", (_, module) => {
  expect(sinkOf(module, name)).toEqual({ definition: pager });
});

test("a default-exported function becomes a sink", () => {
  for (const module of [{ default: () => {} }, { default: { default: () => {} } }]) {
    expect(sinkOf(module, { shown: "./mine.ts", type: "mine" })).toMatchObject({
      definition: { type: "mine", apiVersion, batch: { maxEvents: 1 } },
    });
  }
});

test.each([
  ["nothing", {}, "@acme/pager exports no sink"],
  ["a function under a name", { deliver: () => {} }, "@acme/pager exports no sink"],
  ["an object that looks like a sink", { default: { ...pager, deliver: 1 } }, ""],
  ["several sinks", { a: sink("a"), b: sink("b") }, "@acme/pager exports more than one sink: a, b"],
  ["no module at all", undefined, "@acme/pager exports no sink"],
])("%s is no sink", (_, module, message) => {
  const found = sinkOf(module, name);
  expect("finding" in found ? found.finding.message : "").toBe(message);
});

test.each([
  [apiVersion + 1, "install a newer forewarn: npm install -g forewarn@latest"],
  [apiVersion - 1, "install a newer one: npm install @acme/pager@latest"],
])("a sink for version %i of the contract says what to install", (version, suggestion) => {
  const module = { pager: { ...pager, apiVersion: version } };
  expect(sinkOf(module, name)).toMatchObject({ finding: { code: "CONFIG_SINK_API_VERSION", suggestion } });
});
