import { describe, expect, it } from "vitest";
import { RetryError, deliveryError, outcomeOfStatus, parseRetryAfter } from "./sdk.ts";

const now = Date.parse("2026-11-22T20:00:00Z");

const special: Readonly<Record<number, string>> = {
  400: "reject",
  408: "retry",
  413: "reject",
  415: "reject",
  422: "reject",
  425: "retry",
  429: "retry",
};

const byClass: Readonly<Record<number, string>> = {
  2: "delivered",
  3: "misconfigured",
  4: "misconfigured",
  5: "retry",
};

describe("outcomeOfStatus", () => {
  it("holds for every status from 200 to 599", () => {
    const statuses = Array.from({ length: 400 }, (_, index) => 200 + index);
    const expected = statuses.map((status) => special[status] ?? byClass[Math.floor(status / 100)]);
    expect(statuses.map(outcomeOfStatus)).toEqual(expected);
  });
});

describe("parseRetryAfter", () => {
  it.each([
    ["0", 0],
    ["120", 120_000],
    [" 5 ", 5000],
    ["Sun, 22 Nov 2026 20:01:00 GMT", 60_000],
    ["Sunday, 22-Nov-26 20:01:00 GMT", 60_000],
    ["Sun, 22 Nov 2026 19:00:00 GMT", 0],
    ["99999999999", 99_999_999_999_000],
    [["7", "9"], 7000],
  ])("%j = %d ms", (value, ms) => {
    expect(parseRetryAfter(value, now)).toBe(ms);
  });

  it.each([
    undefined,
    "",
    "  ",
    "soon",
    "-1",
    "1.5",
    "1e3",
    "0x10",
    "NaN",
    "Sun, 99 Foo 2026",
    "2026-11-22",
    [],
  ])("%j makes no sense", (value) => {
    expect(parseRetryAfter(value, now)).toBeUndefined();
  });
});

describe("deliveryError", () => {
  const codeOf = (status: number) => deliveryError({ status, now })?.code;

  it("is undefined where it was delivered", () => {
    for (const status of [200, 201, 202, 204]) expect(deliveryError({ status, now })).toBeUndefined();
  });

  it("has the code of the outcome", () => {
    expect([408, 425, 429, 500, 502, 503, 504, 599].map(codeOf)).toEqual(Array(8).fill("FOREWARN_RETRY"));
    expect([400, 413, 415, 422].map(codeOf)).toEqual(Array(4).fill("FOREWARN_REJECT"));
    expect([301, 302, 304, 307, 401, 403, 404, 405, 410].map(codeOf)).toEqual(
      Array(9).fill("FOREWARN_MISCONFIGURED"),
    );
  });

  it("carries status, excerpt and when to come back", () => {
    const error = deliveryError({ status: 429, retryAfter: "3", excerpt: "slow down", now });
    expect(error).toBeInstanceOf(RetryError);
    expect(error).toMatchObject({
      message: "answered 429",
      status: 429,
      excerpt: "slow down",
      retryAfterMs: 3000,
    });
    const bare = deliveryError({ status: 503, retryAfter: "soon", now });
    expect(bare).toMatchObject({ retryAfterMs: undefined, excerpt: undefined });
  });

  it("tells the reader what to do", () => {
    expect(deliveryError({ status: 302, now })?.message).toContain("use the final URL");
    expect(deliveryError({ status: 401, now })?.message).toContain("check the credentials");
    expect(deliveryError({ status: 404, now })?.message).toContain("check the URL");
    expect(deliveryError({ status: 405, now })?.message).toContain("check the sink's options");
  });
});
