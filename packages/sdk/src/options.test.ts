import { describe, expect, it } from "vitest";
import { createAjv } from "./ajv.ts";
import { Secret, Type, defaultsOf, secretPaths } from "./options.ts";

const schema = Type.Object({
  url: Type.String({ default: "https://example.com" }),
  token: Type.Optional(Secret({ description: "A token." })),
  headers: Type.Optional(Type.Record(Type.String(), Secret())),
  auth: Type.Optional(
    Type.Union([Type.Literal("managed-identity"), Type.Object({ password: Secret(), user: Type.String() })]),
  ),
  keys: Type.Optional(Type.Array(Type.Object({ value: Secret() }))),
  retries: Type.Integer({ default: 0 }),
  quiet: Type.Boolean({ default: false }),
});

describe("secretPaths", () => {
  it("finds secrets in objects, records, arrays and unions", () => {
    expect(secretPaths(schema)).toEqual(["auth.password", "headers.*", "keys.*.value", "token"]);
  });

  it("finds them in additionalProperties, and a schema that is one", () => {
    expect(secretPaths(Type.Object({}, { additionalProperties: Secret() }))).toEqual(["*"]);
    expect(secretPaths(Secret())).toEqual([""]);
    expect(secretPaths(Type.Object({ plain: Type.String() }))).toEqual([]);
  });
});

describe("defaultsOf", () => {
  it("holds falsy defaults too, and nothing without one", () => {
    expect(defaultsOf(schema)).toEqual({ url: "https://example.com", retries: 0, quiet: false });
    expect(defaultsOf(Type.Object({}))).toEqual({});
  });

  it("equals what validation fills in", () => {
    const options = {};
    expect(createAjv().validate(schema, options)).toBe(true);
    expect(options).toEqual(defaultsOf(schema));
  });
});

it("a Secret is a string like any other to validation", () => {
  const valid = createAjv().compile(Type.Object({ key: Secret({ minLength: 3, pattern: "^k" }) }));
  expect(valid({ key: "key" })).toBe(true);
  expect(valid({ key: "k" })).toBe(false);
  expect(valid({ key: 5 })).toBe(false);
});
