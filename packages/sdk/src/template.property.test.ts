import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TemplateError } from "./template-error.ts";
import { compileJsonTemplate } from "./template-json.ts";
import { compileTemplate } from "./template.ts";

const quoted = (text: string) => `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
const eventWith = (tags: object) => ({ data: { vm: { tags } } });
const tagNames = fc.string({ unit: "grapheme", minLength: 1 });

/** Compiles and renders; why the source was refused, if it was. */
function refusal(source: string): TemplateError | undefined {
  try {
    compileTemplate(source)({ id: "x", data: { vm: 1 } });
    return undefined;
  } catch (error) {
    if (error instanceof TemplateError) return error;
    throw error;
  }
}

describe("whatever the texts are", () => {
  it("literal text is written as it is", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        fc.pre(!text.includes("{{"));
        expect(compileTemplate(text)({})).toBe(text);
      }),
    );
  });

  it("any text can be written in quotes, any tag named", () => {
    fc.assert(
      fc.property(tagNames, fc.string({ unit: "binary" }), (name, value) => {
        const source = `{{ ${quoted(value)} }}|{{ data.vm.tags[${quoted(name)}] }}`;
        expect(compileTemplate(source)(eventWith({ [name]: value }))).toBe(`${value}|${value}`);
      }),
    );
  });

  it("any source is compiled, or refused with an offset in it", () => {
    const pieces = fc.constantFrom(
      "{{",
      "}}",
      " ",
      ".",
      "data",
      "id",
      "|",
      "json",
      "upper",
      ":",
      '"',
      "'",
      "[",
      "]",
      "0",
      "\\",
      "\n",
      "é",
    );
    fc.assert(
      fc.property(fc.array(pieces), (all) => {
        const source = all.join("");
        const error = refusal(source);
        const offset = error?.offset ?? 0;
        expect(offset >= 0 && offset <= source.length - (error === undefined ? 0 : 1)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it("whatever a tag holds, it cannot leave its JSON string", () => {
    const text = compileJsonTemplate('{"a": "<{{ data.vm.tags.x }}>", "b": {{ data.vm.tags.x | json }}}');
    const map = compileJsonTemplate({ a: "<{{ data.vm.tags.x }}>", b: "{{ data.vm.tags.x | json }}" });
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (x) => {
        const expected = { a: `<${x}>`, b: x };
        expect(JSON.parse(text(eventWith({ x })))).toEqual(expected);
        expect(JSON.parse(map(eventWith({ x })))).toEqual(expected);
      }),
    );
  });

  it("a JSON value goes through whole, and rendering never changes the event", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (extra) => {
        const event = { data: { extra } };
        const before = JSON.stringify(event);
        const rendered = compileJsonTemplate(["{{ data.extra | json }}"])(event);
        expect(rendered).toBe(JSON.stringify([extra]));
        expect(JSON.stringify(event)).toBe(before);
      }),
    );
  });
});

describe("linear time", () => {
  const long = 200_000;
  it.each([
    ["literal braces", "{ ".repeat(long)],
    ["holes", "{{ id }}".repeat(long / 10)],
    ["spaces that never end", `{{${" ".repeat(long)}`],
    ["a path that never ends", `{{ ${"data.".repeat(long / 5)}`],
    ["a text that never ends", `{{ "${"\\".repeat(long)}`],
    ["filters", `{{ id ${"| upper ".repeat(long / 10)}}}`],
    ["an unknown name", `{{ ${"x".repeat(long)} }}`],
    ["an unknown filter", `{{ id | ${"x".repeat(long)} }}`],
  ])("%s", (_, source) => {
    const from = process.cpuUsage().user;
    refusal(source);
    // Quadratic work over 200,000 characters would take minutes.
    expect((process.cpuUsage().user - from) / 1e6).toBeLessThan(5);
  });
});
