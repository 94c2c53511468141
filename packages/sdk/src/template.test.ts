import { describe, expect, it } from "vitest";
import { compileTemplate } from "./template.ts";

const event = {
  type: "io.forewarn.scheduledevent.scheduled",
  affectsself: true,
  notbefore: "2026-11-22T20:00:30Z",
  data: {
    eventType: "Preempt",
    resources: ["vm-1", "vm-2"],
    noticeMs: 30_000,
    durationSeconds: null,
    description: "",
    notBefore: "2026-11-22T20:00:30.5+02:00",
    notBeforeRaw: "Sun, 22 Nov 2026 20:00:30 GMT",
    extra: { Nested: { deep: [1, { a: "b" }] } },
    vm: {
      name: "vm-é",
      tags: {
        team: "<!channel>",
        "a b.c": "odd",
        "my-tag": "dashed",
        "no-time": "2026-99-99T00:00:00Z",
        größe: "XL",
      },
    },
  },
};

const render = (source: string, escape?: (text: string) => string) =>
  compileTemplate(source, escape === undefined ? {} : { escape })(event);

describe("paths", () => {
  it.each([
    ["{{ data.eventType }}", "Preempt"],
    ["{{data.eventType}}", "Preempt"],
    ["{{\n  data.eventType\n}}", "Preempt"],
    ["{{ data.vm.tags.my-tag }}", "dashed"],
    ["{{ data.vm.tags.größe }}", "XL"],
    ['{{ data.vm.tags["a b.c"] }}', "odd"],
    ["{{ data.vm.tags['a b.c'] }}", "odd"],
    ['{{ data["eventType"] }}', "Preempt"],
    ["{{ data.resources[1] }}", "vm-2"],
    ["{{ data.resources.0 }}", "vm-1"],
    ["{{ data.resources[2] }}", ""],
    ["{{ data.resources }}", "vm-1, vm-2"],
    ["{{ data.noticeMs }} {{ affectsself }}", "30000 true"],
    ["{{ data.extra.Nested }}", '{"deep":[1,{"a":"b"}]}'],
    ["{{ data.extra.Nested.deep[1].a }}", "b"],
    ["{{ . | json }}", JSON.stringify(event)],
    ["{{.|json}}", JSON.stringify(event)],
  ])("%j gives %j", (source, expected) => {
    expect(render(source)).toBe(expected);
  });

  it.each([
    "{{ data.durationSeconds }}",
    "{{ data.vm.zone }}",
    "{{ data.vm.tags.none.at.all }}",
    "{{ data.vm.tags.__proto__ }}",
    "{{ data.vm.tags.constructor.name }}",
    "{{ data.vm.tags.hasOwnProperty }}",
    "{{ data.extra.Nested.deep.length }}",
    "{{ data.vm.tags.team.length }}",
    '{{ data.extra["__proto__"]["polluted"] }}',
  ])("%j gives nothing", (source) => {
    expect(render(`<${source}>`)).toBe("<>");
  });
});

describe("filters", () => {
  it.each([
    ["{{ data.eventType | upper }}", "PREEMPT"],
    ["{{ data.eventType|upper|json }}", '"PREEMPT"'],
    ["{{ data.resources | json }}", '["vm-1","vm-2"]'],
    ["{{ data.vm.zone | json }}", "null"],
    ['{{ data.vm.zone | default: "no zone" }}', "no zone"],
    ["{{ data.vm.zone | upper | default: 'none' | upper }}", "NONE"],
    ['{{ data.description | default: "no \\"text\\" \\\\" }}', 'no "text" \\'],
    ['{{ data.eventType | default: "no" }}', "Preempt"],
    ['{{ affectsself | default: "unknown" }}', "true"],
    ["{{ data.resources | upper }}", "VM-1, VM-2"],
  ])("%j gives %j", (source, expected) => {
    expect(render(source)).toBe(expected);
  });

  it.each([
    ["{{ notbefore | time }}", "2026-11-22 20:00:30 UTC"],
    ['{{ notbefore | time: "UTC" }}', "2026-11-22 20:00:30 UTC"],
    ['{{ data.notBefore | time: "UTC" }}', "2026-11-22 18:00:30 UTC"],
    ['{{ notbefore | time: "Europe/Berlin" }}', "2026-11-22 21:00:30 +01:00"],
    ['{{ notbefore | time: "America/St_Johns" }}', "2026-11-22 16:30:30 -03:30"],
    ['{{ notbefore | time: "Europe/London" }}', "2026-11-22 20:00:30 +00:00"],
    ['{{ notbefore | time: "unix" }}', "1795377630"],
    ["{{ data.vm.zone | time }}", ""],
    ['{{ data.vm.zone | time | default: "soon" }}', "soon"],
    ["{{ data.notBeforeRaw | time }}", "Sun, 22 Nov 2026 20:00:30 GMT"],
    ["{{ data.noticeMs | time }}", "30000"],
    ["{{ data.vm.tags.no-time | time }}", "2026-99-99T00:00:00Z"],
  ])("%j gives %j", (source, expected) => {
    expect(render(source)).toBe(expected);
  });

  it("time in the machine's own zone is the same moment", () => {
    const text = render('{{ notbefore | time: "local" }}');
    expect(Date.parse(text.replace(" ", "T").replace(" ", ""))).toBe(Date.parse(event.notbefore));
  });
});

describe("text", () => {
  it.each(["", "plain", "a } b }} c { d", '{"a":{"b":{}}}', "$& \\n ${x} <%= %>", "{", "}}", "é 😀\u2028"])(
    "%j is written as it is, whatever the target",
    (source) => {
      expect(render(source, () => "escaped")).toBe(source);
    },
  );

  it("has a way to write two braces", () => {
    expect(render('{{ "{{" }} data.eventType }}')).toBe("{{ data.eventType }}");
  });

  it("escapes every value, those of json, default and quotes too", () => {
    const escape = (text: string) => text.replaceAll(/[<"]/g, (found) => `&#${found.charCodeAt(0)};`);
    expect(render("<b>{{ data.vm.tags.team }}</b>", escape)).toBe("<b>&#60;!channel></b>");
    expect(render("{{ data.vm.tags.team | json }}", escape)).toBe("&#34;&#60;!channel>&#34;");
    expect(render('{{ data.vm.zone | default: "<none>" }}{{ "<" }}', escape)).toBe("&#60;none>&#60;");
  });

  it("does not read what a value holds as a template", () => {
    const told = { data: { description: "{{ data.eventType }}" } };
    expect(compileTemplate("{{ data.description }}")(told)).toBe("{{ data.eventType }}");
  });
});
