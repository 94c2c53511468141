import * as fc from "fast-check";
import { expect, test } from "vitest";
import { isDeeperThan, looksLikeMarkup, parseTolerantJson } from "./tolerant-json.ts";

test.each([
  ["a newline in a string", '{"a":"b\nc"}', { a: "b\nc" }],
  ["a tab and 0x01 in a string", '{"a":"b\t\u0001c"}', { a: "b\t\u0001c" }],
  ["a control character in a name", '{"a\u0002":1}', { "a\u0002": 1 }],
  ["a control character between tokens", '\u0000{"a":\u0001 1}\u0000', { a: 1 }],
  ["a backslash before a raw newline", '{"a":"b\\\nc"}', { a: "b\\\nc" }],
  ["escaped quotes beside a raw newline", '{"a":"\\"\n\\\\"}', { a: '"\n\\' }],
  ["a byte order mark", '\uFEFF{"a":1}', { a: 1 }],
  ["null", "null", null],
])("reads %s", (_name, text, value) => {
  expect(parseTolerantJson(text)).toEqual(value);
});

test.each([
  "",
  " ",
  "<html></html>",
  "{",
  '{"a":"b',
  "undefined",
  '{"a":"b"c"}',
  String.raw`"\ud8"d0"`,
  String.raw`"\Ud800"`,
])("%j is no JSON", (text) => {
  expect(parseTolerantJson(text)).toBeUndefined();
});

test("a name like __proto__ stays data", () => {
  const value = parseTolerantJson('{"__proto__":{"polluted":true}}') as object;
  expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  expect(({} as { polluted?: true }).polluted).toBeUndefined();
});

test("whatever JSON.parse reads is read the same", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(0, 2), (value, indent) => {
      const text = JSON.stringify(value, undefined, indent);
      expect(parseTolerantJson(text)).toEqual(JSON.parse(text));
    }),
  );
});

test("raw control characters in strings come back as they were", () => {
  const controls = fc.string({
    unit: fc.constantFrom("\n", "\t", "\u0001", "\u001f", "a", "é", "😀"),
    maxLength: 20,
  });
  fc.assert(
    fc.property(controls, controls, (name, value) => {
      expect(parseTolerantJson(`{"${name}" :\n"${value}"}`)).toEqual({ [name]: value });
    }),
  );
});

test.each([
  ["a lone surrogate", String.raw`"a\ud800b"`, "a\uFFFDb"],
  ["the second half alone, in capitals", String.raw`"\uDC00"`, "\uFFFD"],
  ["two first halves", String.raw`"\ud83d\ud83d\ude00"`, "\uFFFD😀"],
  ["a pair", String.raw`"\ud83d\uDE00"`, "😀"],
  ["a backslash before what looks like one", String.raw`"\\ud800"`, String.raw`\ud800`],
  ["one after an escaped backslash", String.raw`"\\\ud800"`, "\\\uFFFD"],
  ["one as it is", '"a\ud800b"', "a\uFFFDb"],
  ["one beside a raw newline", '"\n\\ud800"', "\n\uFFFD"],
  ["one in a name", String.raw`{"\ud800":1}`, { "\uFFFD": 1 }],
])("every string is well-formed: %s", (_name, text, value) => {
  expect(parseTolerantJson(text)).toEqual(value);
});

test("whatever strings hold, escaped or not, comes back as it was but for halves of characters", () => {
  const halves = fc.string({
    unit: fc.constantFrom("\ud83d", "\ude00", "😀", "\\", '"', "u", "\n"),
    maxLength: 9,
  });
  const escaped = (text: string) =>
    JSON.stringify(text).replaceAll(
      /[^ -~]/g,
      (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
    );
  fc.assert(
    fc.property(halves, (text) => {
      for (const written of [JSON.stringify(text), escaped(text)])
        expect(parseTolerantJson(`{"a":${written}}`)).toEqual({ a: text.toWellFormed() });
    }),
  );
});

test("a long repaired document takes no longer than its length explains", () => {
  const text = JSON.stringify({ a: Array.from({ length: 20_000 }, () => "x y") }).replaceAll(" ", "\n");
  const start = performance.now();
  expect(parseTolerantJson(text)).toEqual({ a: Array.from({ length: 20_000 }, () => "x\ny") });
  expect(performance.now() - start).toBeLessThan(2_000);
});

test("markup is told from text", () => {
  expect(["<html>", "\uFEFF\n <!DOCTYPE html>"].every(looksLikeMarkup)).toBe(true);
  expect(["", "{}", "a < b"].some(looksLikeMarkup)).toBe(false);
});

test("depth is counted without recursion: a stack that runs out would end the agent", () => {
  const nested = (depth: number, [open = "", close = ""] = ["[", "]"]): unknown =>
    parseTolerantJson(open.repeat(depth) + (open === "[" ? "" : "1") + close.repeat(depth));
  expect(isDeeperThan(nested(10), 10)).toBe(false);
  expect(isDeeperThan(nested(11), 10)).toBe(true);
  expect(isDeeperThan(nested(10, ['{"a":', "}"]), 10)).toBe(false);
  expect(isDeeperThan(nested(11, ['{"a":', "}"]), 10)).toBe(true);
  expect(isDeeperThan(nested(3_000_000), 64)).toBe(true);
  for (const flat of [undefined, null, 1, "text"]) expect(isDeeperThan(flat, 0)).toBe(false);
});
