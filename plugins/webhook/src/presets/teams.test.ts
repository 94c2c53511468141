import type { ForewarnEvent } from "@forewarn/sdk";
import { story } from "@forewarn/testkit";
import { describe, expect, it } from "vitest";
import { eventFullOf } from "../fixtures/hostile-events.ts";
import { teams } from "./teams.ts";

interface Block {
  readonly type: string;
  readonly text?: string;
  readonly inlines?: readonly { readonly text: string; readonly color?: string }[];
}

function blocksOf(event: ForewarnEvent | undefined): readonly Block[] {
  const request = teams.request(event as ForewarnEvent, { url: "https://x" });
  const body = JSON.parse(request?.body ?? "") as { attachments: [{ content: { body: Block[] } }] };
  return body.attachments[0].content.body;
}

const lines = (blocks: readonly Block[]) =>
  blocks.map(({ text, inlines }) => text ?? inlines?.map((run) => run.text).join(""));

describe("teams", () => {
  it("says what, which VM, when in the reader's own time, how long, and by whom", () => {
    expect(lines(blocksOf(story(1, ["scheduled"])[0]))).toEqual([
      "SCHEDULED: Reboot of vm-eu-42",
      "Reboot of vm-eu-42 in 15 min, not before 2026-11-22 20:30:03 UTC, by Azure, expected to last 9 s",
      "VM: vm-eu-42, Standard_D4s_v5, westeurope, zone 2",
      "Not before: 2026-11-22 20:30:03 UTC",
      "Your time: {{DATE(2026-11-22T20:30:03Z, SHORT)}} {{TIME(2026-11-22T20:30:03Z)}}",
      "Notice: 15 min",
      "Interruption: 9 s",
      "Caused by: Platform",
      "Azure says: Virtual machine is being rebooted for maintenance.",
      "EventId: C7061BAC-AFDC-4513-B24B-000000000001",
      "Resource group: rg-ops",
    ]);
  });

  it("is coloured by impact, and green when it is over", () => {
    const colorOf = (event: ForewarnEvent | undefined) => blocksOf(event)[0]?.inlines?.[0]?.color;
    const impacts = (["error", "warn", "info"] as const).map((impact) =>
      colorOf(story(1, ["scheduled"], { impact })[0]),
    );
    expect([...impacts, colorOf(story(1, ["completed"])[0])]).toEqual([
      "Attention",
      "Warning",
      "Accent",
      "Good",
    ]);
  });

  it.each(["[x](https://evil.example)", "**b**", "<at>all</at>", "{{DATE(2026-11-22T20:30:03Z)}}"])(
    "leaves %j to text runs, which know no markup, and mentions nobody",
    (text) => {
      const event = eventFullOf(text);
      const ours = blocksOf(event).filter(({ type }) => type === "TextBlock");
      expect(ours.map((block) => block.text)).toEqual([
        "Your time: {{DATE(2026-11-22T20:30:03Z, SHORT)}} {{TIME(2026-11-22T20:30:03Z)}}",
      ]);
      expect(teams.request(event, { url: "https://x" })?.body).not.toContain("entities");
    },
  );
});
