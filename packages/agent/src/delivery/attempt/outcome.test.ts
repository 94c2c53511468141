import {
  deliveryErrorCodes,
  MisconfiguredError,
  PartialDeliveryError,
  RejectError,
  RetryError,
} from "@forewarn/sdk";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { outcomeOf, redacted } from "./outcome.ts";

describe("outcomeOf", () => {
  test("branches on the code, whoever made the error", () => {
    const details = { status: 400, excerpt: "bad" };
    const errors = [
      new RetryError("m", { ...details, retryAfterMs: 5 }),
      new RejectError("m", details),
      new MisconfiguredError("m", details),
    ];
    const expected = [
      { kind: "retry", retryAfterMs: 5, message: "m", ...details },
      { kind: "reject", message: "m", ...details },
      { kind: "misconfigured", message: "m", ...details },
    ];
    expect(errors.map(outcomeOf)).toEqual(expected);
    const plain = errors.map(({ code, message }, index) => ({
      code,
      message,
      ...details,
      retryAfterMs: [5][index],
    }));
    expect(plain.map(outcomeOf)).toEqual(expected);
  });

  test("reads what became of each event", () => {
    const error = new PartialDeliveryError("m", {
      delivered: [0, 2],
      rejected: [{ index: 1, reason: "no" }],
    });
    expect(outcomeOf(error)).toEqual({
      kind: "partial",
      message: "m",
      delivered: new Set([0, 2]),
      rejected: new Map([[1, "no"]]),
    });
  });

  test("a class named like ours, without the code, means: try again", () => {
    class RejectError extends Error {}
    expect(outcomeOf(new RejectError("m"))).toEqual({ kind: "retry", retryAfterMs: 0, message: "m" });
  });

  test.each([
    [null, "threw null, which is no error"],
    [undefined, "threw undefined, which is no error"],
    [{ a: 1 }, "threw { a: 1 }, which is no error"],
    ["no route", "no route"],
    [{ message: "no route" }, "no route"],
  ])("says what was thrown where it is no error: %j", (thrown, message) => {
    expect(outcomeOf(thrown)).toEqual({ kind: "retry", retryAfterMs: 0, message });
  });

  test("never throws, and always has a message, whatever was thrown", () => {
    const code = fc.constantFrom(...deliveryErrorCodes, undefined, 5, null, {});
    const any = fc.anything();
    const objects = fc.record(
      { code, message: any, status: any, excerpt: any, retryAfterMs: any, delivered: any, rejected: any },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.oneof(fc.anything({ withNullPrototype: true }), objects), (thrown) => {
        const outcome = redacted(outcomeOf(thrown), (text) => text);
        expect(outcome.kind).not.toBe("delivered");
        expect("message" in outcome && typeof outcome.message).toBe("string");
      }),
    );
  });
});

describe("redacted", () => {
  const redact = (text: string) => text.replaceAll("secret", "[redacted]");

  test("cleans every text that a person may see", () => {
    const outcome = outcomeOf(
      new PartialDeliveryError("a secret", {
        delivered: [],
        rejected: [{ index: 0, reason: "secret 0" }],
        excerpt: "its secret",
        status: "secret-7",
      }),
    );
    expect(redacted(outcome, redact)).toMatchObject({
      message: "a [redacted]",
      excerpt: "its [redacted]",
      status: "[redacted]-7",
      rejected: new Map([[0, "[redacted] 0"]]),
    });
  });

  test("cuts each text to 2 kB, after it was cleaned", () => {
    const long = `${"x".repeat(1997)}secret`;
    const cut = `${"x".repeat(1997)}[re`;
    expect(redacted(outcomeOf(new RejectError(long, { excerpt: long })), redact)).toMatchObject({
      message: cut,
      excerpt: cut,
    });
  });

  test("has nothing to do where it was delivered", () => {
    expect(redacted({ kind: "delivered" }, redact)).toEqual({ kind: "delivered" });
  });
});
