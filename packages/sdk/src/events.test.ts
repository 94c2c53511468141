import { describe, expect, it } from "vitest";
import { createAjv } from "./ajv.ts";
import { dataSchemaUrl } from "./event.ts";
import { sampleOf } from "./fixtures/sample-event.ts";
import {
  decodeStructured,
  encodeStructured,
  eventDeclarations,
  eventSchema,
  isScheduledEvent,
} from "./sdk.ts";

describe.each(eventDeclarations)("$type", (declaration) => {
  const valid = createAjv().compile(eventSchema(declaration));
  const sample = sampleOf(declaration);

  it("compiles in strict mode and takes a valid event", () => {
    valid(structuredClone(sample));
    expect(valid.errors).toBeNull();
  });

  it("is a CloudEvent that survives its JSON text", () => {
    expect(decodeStructured(encodeStructured(sample))).toEqual(sample);
  });

  it("refuses another type, another schema, and each required member's absence", () => {
    expect(valid({ ...sample, type: "io.forewarn.unknown" })).toBe(false);
    expect(valid({ ...sample, dataschema: dataSchemaUrl("other") })).toBe(false);
    const needless = Object.keys(sample).filter((name) => {
      const { [name as "id"]: _, ...rest } = structuredClone(sample);
      return valid(rest);
    });
    expect(needless).toEqual([]);
    const { vm: _, ...withoutVm } = sample.data;
    expect(valid({ ...sample, data: withoutVm })).toBe(false);
  });

  it("refuses malformed attributes", () => {
    const wrong: readonly Readonly<Record<string, unknown>>[] = [
      { time: "yesterday" },
      { id: "" },
      { severitynumber: 0 },
      { severitytext: "info" },
      { sequence: "1" },
      { affectsself: "true" },
      { notbefore: "soon" },
    ];
    expect(wrong.filter((attribute) => valid({ ...structuredClone(sample), ...attribute }))).toEqual([]);
  });
});

it("types are unique, in one namespace, each with a sentence", () => {
  const types = eventDeclarations.map((declaration) => declaration.type);
  expect(new Set(types).size).toBe(types.length);
  for (const { type, summary } of eventDeclarations) {
    expect(type).toMatch(/^io\.forewarn\.[a-z]+\.[a-z]+$/);
    expect(summary).toMatch(/^[A-Z].*\.$/);
  }
});

it("only what may come true has the severity of its impact", () => {
  const ofImpact = eventDeclarations.filter(({ severity }) => severity === "impact").map(({ type }) => type);
  expect(ofImpact).toEqual([
    "io.forewarn.scheduledevent.scheduled",
    "io.forewarn.scheduledevent.updated",
    "io.forewarn.scheduledevent.started",
  ]);
});

it("isScheduledEvent tells the phases from all else", () => {
  for (const declaration of eventDeclarations) {
    expect(isScheduledEvent(sampleOf(declaration))).toBe(declaration.schema === "scheduledevent");
  }
});
