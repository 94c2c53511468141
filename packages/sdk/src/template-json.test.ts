import { describe, expect, it } from "vitest";
import { compileJsonTemplate } from "./template-json.ts";

const event = {
  id: "1",
  data: { eventType: 'Pre"empt', resources: ["a", "b"], noticeMs: 30_000, vm: { zone: null, tags: {} } },
};

const render = (source: unknown) => JSON.parse(compileJsonTemplate(source)(event)) as unknown;

describe("a text", () => {
  it("is JSON with values inside of quotes and JSON outside", () => {
    expect(
      render('{"t":"a {{ data.eventType }}","r":{{ data.resources | json }},"z":{{data.vm.zone|json}}}'),
    ).toEqual({ t: 'a Pre"empt', r: ["a", "b"], z: null });
    expect(render("{{ data | json }}")).toEqual(event.data);
  });

  it.each([
    '{"n": {{ data.noticeMs }} }',
    '{"n": "{{ data.noticeMs | json }}"}',
    '{"n": "{{ data.resources | json }}"}',
    '{"n": 1{{ data.noticeMs | json }}}',
    "{{ data.eventType }}",
    '{"a": 1,}',
    "",
  ])("is refused where it is not JSON whatever the event says: %j", (source) => {
    expect(() => compileJsonTemplate(source, { option: "body" })).toThrow(
      /^option body: is not JSON; write \{\{ … \}\} inside quotes/,
    );
  });
});

describe("a map or a list", () => {
  it("renders its texts, takes JSON values whole, and keeps the rest", () => {
    expect(
      render({
        "{{ id }}": ["{{ id }}", { deep: "{{ data.eventType | upper }}!" }],
        value: "{{ data.resources | json }}",
        text: "all: {{ data.resources | json }}",
        missing: "{{ data.vm.zone | json }}",
        nothing: "{{ data.vm.zone }}",
        fallback: '{{ data.vm.zone | default: "none" | json }}',
        number: "{{ data.noticeMs | json }}",
        kept: [1, true, null, 1.5],
      }),
    ).toEqual({
      "{{ id }}": ["1", { deep: 'PRE"EMPT!' }],
      value: ["a", "b"],
      text: 'all: ["a","b"]',
      missing: null,
      nothing: "",
      fallback: "none",
      number: 30_000,
      kept: [1, true, null, 1.5],
    });
  });

  it("names the text that is wrong", () => {
    const wrong = { content: [{ text: "{{ id }}" }, { text: "{{ ide }}" }] };
    expect(() => compileJsonTemplate(wrong, { option: "body" })).toThrow(
      /^option body\.content\[1\]\.text: no event has ide at character 4/,
    );
  });

  it("keeps a key that is named like a prototype's", () => {
    const source: unknown = JSON.parse('{"__proto__": "{{ id }}"}');
    expect(compileJsonTemplate(source)(event)).toBe('{"__proto__":"1"}');
  });
});
