import { type Fact, type Notice, noticeOf } from "./notice.ts";
import { json, type Preset } from "./preset.ts";

/**
 * Microsoft Teams: an Adaptive Card for a workflow made from "Send webhook alerts to a channel" (its trigger is "When a
 * Teams webhook request is received"). Data stands in text runs, which know no Markdown, and a mention would need an
 * entry of its own that is never made. Cut so that a message stays below Teams' 28 kB.
 */
export const teams: Preset = {
  concurrency: 1,
  request: (event) => json(message(noticeOf(event))),
  misconfigured: (answer) =>
    answer.includes("WorkflowTriggerIsNotEnabled") ? "the workflow is turned off" : undefined,
};

/** 1.4: the newest that Teams shows everywhere. */
const version = "1.4";

const colors = { error: "Attention", warn: "Warning", info: "Accent" } as const;

function message(notice: Notice) {
  const color = notice.state === "closed" ? "Good" : colors[notice.severity];
  const card = {
    $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
    type: "AdaptiveCard",
    version,
    msteams: { width: "Full" },
    body: [
      paragraph([{ text: notice.title, size: "Large", weight: "Bolder", color }]),
      paragraph([{ text: notice.text }]),
      ...notice.facts.flatMap((fact) => [factLine(fact), ...localTime(fact)]),
    ],
  };
  const contentType = "application/vnd.microsoft.card.adaptive";
  return { type: "message", attachments: [{ contentType, contentUrl: null, content: card }] };
}

function paragraph(runs: readonly { readonly text: string; readonly [style: string]: unknown }[]) {
  return {
    type: "RichTextBlock",
    spacing: "Small",
    inlines: runs.map((run) => ({ type: "TextRun", ...run })),
  };
}

function factLine({ name, value }: Fact) {
  return paragraph([{ text: `${name}: `, isSubtle: true }, { text: value }]);
}

/** Times in the reader's zone exist in text blocks only; they take seconds, no fractions. */
function localTime({ time }: Fact) {
  if (time === undefined) return [];
  const at = `${new Date(time).toISOString().slice(0, 19)}Z`;
  return [{ type: "TextBlock", spacing: "None", text: `Your time: {{DATE(${at}, SHORT)}} {{TIME(${at})}}` }];
}
