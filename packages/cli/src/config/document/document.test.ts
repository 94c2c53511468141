import { expect, test } from "vitest";
import { parseConfig, placeOf } from "./document.ts";

const at = (text: string, pointer: string) => {
  const document = parseConfig("x", text);
  const place = placeOf(document, pointer);
  return { value: document.positionOf(place.value.start), key: document.positionOf(place.key?.start ?? 0) };
};

test("knows the line and column of keys and values", () => {
  const text = "a:\n  b: 1\n  c: [x, y]\n";
  expect(at(text, "/a/b")).toEqual({ key: { line: 2, column: 3 }, value: { line: 2, column: 6 } });
  expect(at(text, "/a/c/1").value).toEqual({ line: 3, column: 10 });
});

test("a value that was not written has the place of the one around it", () => {
  expect(at("a:\n  b: 1\n", "/a/z/z").key).toEqual({ line: 1, column: 1 });
});

test("a byte order mark and CRLF do not move places", () => {
  expect(at("\uFEFFa: 1\r\nb: 2\r\n", "/b")).toEqual({
    key: { line: 2, column: 1 },
    value: { line: 2, column: 4 },
  });
});

test("JSON with tabs is read", () => {
  expect(parseConfig("x", '{\n\t"a": {\n\t\t"b": [1, true, null]\n\t}\n}').value).toEqual({
    a: { b: [1, true, null] },
  });
});

test("YAML 1.2: yes is a text, keys are texts", () => {
  expect(parseConfig("x", "1: yes\nno: on").value).toEqual({ "1": "yes", no: "on" });
});

test("__proto__ is a key like any other", () => {
  const { value } = parseConfig("x", "__proto__: { polluted: true }");
  expect(Object.keys(value as object)).toEqual(["__proto__"]);
  expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
});

test("aliases that multiply each other are refused, quickly", () => {
  const levels = Array.from({ length: 12 }, (_, n) => `a${n + 1}: &a${n + 1} [${`*a${n},`.repeat(12)}]`);
  const document = parseConfig("x", `a0: &a0 [x]\n${levels.join("\n")}`);
  expect(document.readable).toBe(false);
  expect(document.problems).toHaveLength(1);
  expect(document.problems[0]?.message).toContain("aliases multiply");
  expect(document.problems[0]?.suggestion).toContain(
    "each alias counts as all the values that it stands for",
  );
});

test("an alias inside itself is refused", () => {
  const document = parseConfig("x", "a: &a { b: *a }");
  expect(document.readable).toBe(false);
  expect(document.problems).toMatchObject([{ code: "CONFIG_SYNTAX", line: 1, column: 12 }]);
});

test("very deep nesting is a problem, not a crash", () => {
  expect(parseConfig("x", "[".repeat(50_000)).readable).toBe(false);
  expect(parseConfig("x", `${"[".repeat(20_000)}${"]".repeat(20_000)}`).readable).toBe(false);
});
