import { stripVTControlCharacters, styleText } from "node:util";
import { expect, test } from "vitest";
import type { Paint } from "../log/color.ts";
import { colorJson, visible } from "./color-json.ts";

const plain: Paint = (_, text) => text;
const named: Paint = (style, text) => `<${String(style)} ${text}>`;
const colored: Paint = (style, text) => styleText(style, text, { validateStream: false });

const document = {
  name: 'a "quoted": name, \\ and 12',
  list: [0, -1.5e-7, true, false, null, "", {}, []],
  "odd: true": { deep: "ümlaut" },
};

test("without colours it is indented JSON", () => {
  expect(colorJson(document, plain)).toBe(JSON.stringify(document, null, 2));
});

test("names, texts, numbers and words have a colour each, also where a text looks like another of them", () => {
  expect(colorJson({ a: "b: 1", "c: true": [-1.5e-7, null] }, named)).toBe(
    '{\n  <cyan "a">: <green "b: 1">,\n  <cyan "c: true">: [\n    <yellow -1.5e-7>,\n    <yellow null>\n  ]\n}',
  );
});

test("colours add nothing to the text", () => {
  expect(stripVTControlCharacters(colorJson(document, colored))).toBe(JSON.stringify(document, null, 2));
});

test("a text cannot move the cursor or turn the line around, and means the same", () => {
  const tag = "\u001b[2J\u009b31m\u202e\u2028";
  const text = colorJson({ tag }, plain);
  expect(text).toBe('{\n  "tag": "\\u001b[2J\\u009b31m\\u202e\\u2028"\n}');
  expect(JSON.parse(text)).toEqual({ tag });
  expect(visible(`a\n\tb${tag}`)).toBe("a\n\tb\\u001b[2J\\u009b31m\\u202e\\u2028");
});
