import { defineSink, Secret, Type } from "@forewarn/sdk";
import { expect, test } from "vitest";
import { settingsOf } from "./settings.ts";

const definition = defineSink({
  type: "pager",
  summary: "Pages.",
  options: Type.Object({
    url: Type.String(),
    token: Secret(),
    headers: Type.Optional(Type.Record(Type.String(), Secret())),
    loud: Type.Boolean({ default: false }),
    size: Type.Integer({ default: 10 }),
  }),
  batch: ({ size }) => ({ maxEvents: size }),
  open: () => ({ deliver: () => Promise.resolve() }),
});
const sinkOf = (options: object, secrets?: readonly string[]) =>
  settingsOf(
    {
      state: { path: "s" },
      sinks: [{ name: "a", definition, options, ...(secrets === undefined ? {} : { secrets }) }],
    },
    {},
  ).sinks[0];

test("options that were left out have the definition's default, also for what depends on them", () => {
  const sink = sinkOf({ url: "u", token: "t0ken", loud: true });
  expect(sink?.options).toEqual({ url: "u", token: "t0ken", loud: true, size: 10 });
  expect(sink?.batch.maxEvents).toBe(10);
});

test("what is secret is what the definition says, unless something else is given", () => {
  const options = { url: "u", token: "t0ken", headers: { a: "one", b: "two" } };
  expect(sinkOf(options)?.secrets).toEqual(["one", "two", "t0ken"]);
  expect(sinkOf(options, ["other"])?.secrets).toEqual(["other"]);
});
