import { describe, expect, it } from "vitest";
import { TemplateError } from "./template-error.ts";
import { compileTemplate } from "./template.ts";

function refusal(source: string): TemplateError {
  try {
    compileTemplate(source, { option: "title" });
  } catch (error) {
    if (error instanceof TemplateError) return error;
    throw error;
  }
  throw new Error(`${source} was taken`);
}

describe("a wrong template says what, where and what instead", () => {
  it.each([
    ["{{ data.evenType }}", 8, "no event has data.evenType at character 9; did you mean data.eventType?"],
    ["{{ eventType }}", 3, "no event has eventType at character 4; did you mean data.eventType?"],
    ["{{ tags.team }}", 3, "no event has tags at character 4; did you mean data.vm.tags.team?"],
    ["{{ vm.name }}", 3, "no event has vm at character 4; did you mean data.vm.name?"],
    ["{{ data.vm.tag.team }}", 11, "no event has data.vm.tag at character 12; did you mean data.vm.tags?"],
    ["{{ data.eventType.length }}", 18, "data.eventType is one value, nothing stands below it"],
    ["{{ data.resources.first }}", 18, "data.resources is a list: write an index, as in [0]"],
    ["{{ constructor }}", 3, "there are specversion, id, source,"],
    ["{{ __proto__ }}", 3, "no event has __proto__"],
    ["{{ id | uper }}", 8, 'unknown filter "uper" at character 9; did you mean upper?'],
    ["{{ id | constructor }}", 8, "the filters are json, upper, default, time"],
    ['{{ id | upper: "x" }}', 15, "upper takes no argument"],
    ["{{ id | json | upper }}", 8, "json is not the last filter at character 9; move json to the end"],
    ["{{ id | default }}", 8, 'default has no text at character 9; write it as default: "text"'],
    ["{{ id | default: none }}", 17, 'write its argument in quotes, as in default: "text"'],
    ['{{ time | time: "Europe/Berlim" }}', 16, 'did you mean "Europe/Berlin"?'],
    ["a {{ id", 2, "an expression that never ends at character 3; close it with }}, or write"],
    ["{{ id } }}", 6, 'unexpected "}" at character 7; close the expression with }}'],
    ["{{ }}", 3, 'unexpected "}" at character 4; begin with a path such as data.eventType'],
    ["{{{ id }}}", 2, 'unexpected "{" at character 3; begin with a path'],
    ["{{ id type }}", 6, 'unexpected "t" at character 7; close the expression with }}'],
    ["{{ .data }}", 3, 'unexpected "." at character 4; begin with a path such as data.eventType'],
    ["{{ data. }}", 8, "write a name after the dot"],
    ["{{ data[x] }}", 8, 'write ["a name"] or [0]'],
    ["{{ data[0 }}", 10, 'write ["a name"] or [0]'],
    ["{{ id | }}", 8, "write a filter after |, such as upper"],
    ['{{ "text }}', 3, 'a text that never ends at character 4; close it with "'],
    ["first\nsecond {{ nope }}", 16, "no event has nope at line 2, character 11"],
  ])("%j", (source, offset, words) => {
    const error = refusal(source);
    expect(error.message).toContain(words);
    expect(error.message).toMatch(/^option title: /);
    expect(error.offset).toBe(offset);
    expect(error.code).toBe("FOREWARN_MISCONFIGURED");
  });

  it("with the expression and a caret below the place", () => {
    expect(refusal("Hello {{ data.evenType | upper }} and more").message.split("\n").slice(1)).toEqual([
      "  {{ data.evenType …",
      "          ^^^^^^^^",
    ]);
    expect(refusal("{{ id").message.split("\n").slice(1)).toEqual(["  {{ …", "  ^^"]);
  });

  it("cuts a long expression at its beginning", () => {
    const [, excerpt = "", carets = ""] = refusal(`{{ data.extra.${"x".repeat(200)} | nope }}`).message.split(
      "\n",
    );
    expect(excerpt.length).toBeLessThan(80);
    expect(excerpt.slice(carets.indexOf("^"), carets.length)).toBe("nope");
  });

  it("never shows literal text, which may hold a secret", () => {
    for (const wrong of ["{{ nope }}", "{{ id", "{{ id , }}", "{{ 'x }}", "{{ id | nope }}"]) {
      expect(refusal(`before hunter2 ${wrong} hunter2 after`).message).not.toContain("hunter2");
    }
  });
});
