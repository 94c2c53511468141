import type { ForewarnEvent } from "@forewarn/sdk";
import { story } from "@forewarn/testkit";
import { describe, expect, it } from "vitest";
import { everyEvent, eventFullOf } from "../fixtures/hostile-events.ts";
import { discord } from "./discord.ts";

interface Embed {
  readonly title: string;
  readonly description: string;
  readonly color: number;
  readonly footer: { readonly text: string };
  readonly fields: readonly { readonly name: string; readonly value: string }[];
}

function embedOf(event: ForewarnEvent | undefined) {
  const request = discord.request(event as ForewarnEvent, { url: "https://discord.com/api/webhooks/1/x" });
  const body = JSON.parse(request?.body ?? "") as { embeds: [Embed]; allowed_mentions: unknown };
  return { embed: body.embeds[0], mentions: body.allowed_mentions };
}

/** What Discord shows of a text: a backslash takes the next punctuation as it is. */
const shown = (text: string) => text.replaceAll(/\\([^0-9A-Za-z\s])/g, "$1");

describe("discord", () => {
  it("says what, when in the reader's own time, and mentions nobody", () => {
    const { embed, mentions } = embedOf(story(1, ["scheduled"])[0]);
    expect(mentions).toEqual({ parse: [] });
    expect(shown(embed.title)).toBe("SCHEDULED: Reboot of vm-eu-42");
    expect(shown(embed.description)).toContain("in 15 min, not before 2026-11-22 20:30:03 UTC, by Azure");
    expect(embed.fields.map(({ name, value }) => [name, shown(value)])).toEqual(
      expect.arrayContaining([
        ["VM", "vm-eu-42, Standard_D4s_v5, westeurope, zone 2"],
        ["Not before", "<t:1795379403:F> (<t:1795379403:R>)"],
      ]),
    );
  });

  it("is coloured by impact, and green when it is over", () => {
    const colors = [
      ...(["error", "warn", "info"] as const).map((impact) => story(1, ["scheduled"], { impact })[0]),
      story(1, ["completed"])[0],
    ].map((event) => embedOf(event).embed.color);
    expect(new Set(colors).size).toBe(4);
    expect(colors[3]).toBe(0x2e8b57);
  });

  it.each([
    "@everyone",
    "<@1>",
    "<@&1>",
    "**b**",
    "[x](https://evil.example)",
    "https://evil.example",
    "||s||",
    "# h",
    "> q",
    "- l",
    "`c`",
    "<t:1:R>",
    ":x:",
    "\\*",
  ])("shows %j as it is, wherever it stands", (text) => {
    const { embed } = embedOf(eventFullOf(text));
    const texts = [embed.title, embed.description, ...embed.fields.map(({ value }) => value)];
    const own = /^<t:\d+:F> \(<t:\d+:R>\)$/;
    for (const said of texts.filter((each) => !own.test(each)))
      expect(said.replaceAll(/\\[^0-9A-Za-z\s]/g, "")).not.toMatch(/[\\*_~`|<>[\]()#@:-]/);
    expect(shown(embed.title)).toContain(text);
  });

  it("keeps below 6,000 characters in all, whatever an event holds", () => {
    for (const event of everyEvent) {
      const { embed } = embedOf(event);
      const fields = embed.fields.map(({ name, value }) => name + value).join("");
      expect((embed.title + embed.description + embed.footer.text + fields).length).toBeLessThanOrEqual(6000);
    }
  });
});
