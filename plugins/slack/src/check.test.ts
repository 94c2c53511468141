import { errorsOfCheck } from "@forewarn/sdk";
import { expect, it } from "vitest";
import { slack } from "./slack.ts";
import type { SlackOptions } from "./slack-options.ts";

const url = "https://hooks.slack.com/services/T0/B0/secret";
const options: SlackOptions = { url, tags: [], digestAfter: 5, digestWindow: "30s" };

function saidOf(given: Partial<SlackOptions>): readonly string[] {
  try {
    slack.check?.({ ...options, ...given });
    return [];
  } catch (error) {
    return errorsOfCheck(error).map((each) => (each as Error).message.split("\n")[0] ?? "");
  }
}

it("takes what is right", () => {
  expect(saidOf({ title: "{{ data.eventType }}", fields: { Runbook: "{{ subject }}" } })).toEqual([]);
});

it("says all that is wrong at once, each with its option, and never the URL", () => {
  const said = saidOf({
    url: "https://hooks.slack.com/triggers/secret",
    title: "{{ data.evenType }}",
    text: "{{ data.phase",
    fields: { Runbook: "{{ nothing }}", Right: "{{ subject }}" },
  });
  expect(said.map((message) => message.split(":", 1)[0])).toEqual([
    "option url",
    "option title",
    "option text",
    "option fields.Runbook",
  ]);
  expect(said.join()).not.toContain("secret");
});
