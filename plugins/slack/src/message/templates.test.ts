import { describe, expect, it } from "vitest";
import { asSeen } from "../fixtures/as-seen.ts";
import { noon, scheduled } from "../fixtures/events.ts";
import { type RenderOptions, createRender } from "./render.ts";
import { createStories } from "./stories.ts";

const evil = "<!channel> *x* `y` <https://evil.example|Approve>";
const render = (options: RenderOptions, different = {}) =>
  createRender(options, createStories())(scheduled(different), noon);

describe("templates", () => {
  it("take the place of title, text and facts; what to look up stays", () => {
    const text = asSeen(
      render({
        title: "{{ data.eventType | upper }} {{ data.vm.name }}",
        text: "{{ data.notBefore | time }}, <https://wiki.example/drain|drain it>",
        fields: {
          Runbook: "<https://wiki.example/{{ data.eventType }}|open>",
          Team: '{{ data.vm.tags.owner | default: "nobody" }}',
        },
      }).rich,
    );
    expect(text.split("\n").slice(0, 3)).toEqual([
      "# 🔴 REBOOT web-01",
      "2026-11-22 12:15:00 UTC, <https://wiki.example/drain|drain it>",
      `${"│ *Runbook*  <https://wiki.example/Reboot|open>".padEnd(42)}  *Team*  nobody`,
    ]);
    expect(text).toContain("EventId");
    expect(text).not.toContain("westeurope");
  });

  it("escape values for their place, and keep what their author wrote", () => {
    const { blocks, attachments } = render(
      {
        title: "{{ data.description }}",
        text: "<!here> {{ data.description }}",
        fields: { "<b>*": "{{ data.description }}" },
      },
      { description: evil },
    ).rich;
    const escaped = "&lt;!channel&gt; ∗x∗ ˋyˋ &lt;https://evil.example|Approve&gt;";
    expect(blocks).toMatchObject([
      { text: { type: "plain_text", text: `🔴 ‹!channel› *x* \`y\` ‹https://evil.example|Approve›` } },
      { text: { type: "mrkdwn", text: `<!here> ${escaped}` } },
    ]);
    expect(attachments![0]!.blocks![0]).toMatchObject({ fields: [{ text: `*&lt;b&gt;∗*  ${escaped}` }] });
  });

  it("keep the mention, and an empty result leaves no empty block", () => {
    const { blocks } = render({ title: "x", text: "{{ data.outcome }}", mention: { error: "<!here>" } }).rich;
    expect(blocks).toMatchObject([{ type: "header" }, { type: "section", text: { text: "<!here>" } }]);
  });

  it.each([
    [{ title: "{{ data.eventTyp }}" }, /option title: .*data\.eventType/s],
    [{ text: "{{ data.eventType | uper }}" }, /option text: unknown filter "uper".*upper/s],
    [{ fields: { Team: "{{ data.vm.tags.team" } }, /option fields\.Team: /],
  ])("%j is refused with option, place and cure", (options, message) => {
    expect(() => render(options)).toThrow(message);
  });
});
