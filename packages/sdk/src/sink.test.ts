import { expect, it } from "vitest";
import { Type, apiVersion, defineSink, isSinkDefinition } from "./sdk.ts";

const definition = {
  type: "null",
  summary: "Forgets events.",
  options: Type.Object({ size: Type.Integer({ default: 1 }) }),
  batch: ({ size }: { size: number }) => ({ maxEvents: size }),
  open: () => ({ deliver: () => Promise.resolve() }),
};

it("a definition carries the contract's version and cannot be changed", () => {
  const sink = defineSink(definition);
  expect(sink).toMatchObject({ ...definition, apiVersion });
  expect(Object.isFrozen(sink)).toBe(true);
});

it("the definition that was given is left as it was", () => {
  const given = { ...definition };
  defineSink(given);
  expect(given).toEqual(definition);
  expect(Object.isFrozen(given)).toBe(false);
});

it("options reach batch and open with their types", () => {
  const sink = defineSink({
    ...definition,
    batch: (options) => ({ maxEvents: options.size satisfies number }),
    open: (options, context) => {
      const same: number = options.size + context.options.size;
      return { deliver: async () => void same };
    },
  });
  expect(typeof sink.batch === "function" && sink.batch({ size: 7 })).toEqual({ maxEvents: 7 });
});

it("isSinkDefinition knows its own and nothing else", () => {
  expect(isSinkDefinition(defineSink(definition))).toBe(true);
  for (const value of [
    definition,
    { ...definition, apiVersion },
    null,
    undefined,
    "sink",
    () => definition,
  ]) {
    expect(isSinkDefinition(value)).toBe(false);
  }
});

it("isSinkDefinition knows those of another copy of the package", () => {
  expect(isSinkDefinition({ [Symbol.for("forewarn.sink")]: true })).toBe(true);
});
