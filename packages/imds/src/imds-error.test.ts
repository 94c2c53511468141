import { expect, test } from "vitest";
import { excerptOf, ImdsError, isImdsError } from "./imds-error.ts";

test("is an Error with a name, a code and only the details there are", () => {
  const cause = new Error("socket");
  const error = new ImdsError("m", { code: "timeout", retryable: true, path: "/metadata/versions", cause });
  expect(error).toBeInstanceOf(Error);
  expect(String(error)).toBe("ImdsError: m");
  expect(error.cause).toBe(cause);
  expect({ ...error }).toEqual({
    name: "ImdsError",
    code: "timeout",
    retryable: true,
    path: "/metadata/versions",
  });
});

test("is known by its brand, also when another copy of this package made it", () => {
  const error = new ImdsError("m", { code: "gone", retryable: true, path: "" });
  expect(isImdsError(error)).toBe(true);
  expect(isImdsError({ [Symbol.for("@forewarn/imds/error")]: true })).toBe(true);
  expect([null, undefined, "x", new Error("x"), { code: "gone" }].some(isImdsError)).toBe(false);
});

test("an excerpt is short, well formed and fit for a log line", () => {
  expect(excerptOf("a\nb\u0000c\u202Ed\u2028e\u009Bf")).toBe("a b c d e f");
  expect(excerptOf("x".repeat(1000))).toHaveLength(256);
  expect(excerptOf(`${"x".repeat(255)}😀`).isWellFormed()).toBe(true);
});
