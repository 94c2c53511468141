import { describe, expect, test } from "vitest";
import { compiledImporter } from "../fixtures/compiled-pager.ts";
import { childOf, parentOf, type Pointer, segmentsOf } from "../pointer.ts";
import { githubCommands } from "../problems/github.ts";
import { renderProblems, renderWarnings } from "../problems/render.ts";
import { readConfig } from "../read.ts";
import { createKnowledge } from "../schema/knowledge.ts";
import { pager } from "../fixtures/sample-sinks.ts";
import { hideTelltales } from "./telltale.ts";

/** Two halves, in any case and behind any separator: what a suggestion makes of a name is found, too. */
const leaked = /canary|qwerty/i;
const canary = "CanaryQwerty";

const secrets = [
  `https://hooks.slack.com/services/T${canary}/B${canary}/${canary}`,
  `https://discord.com/api/webhooks/1/${canary}`,
  `https://contoso.webhook.office.com/webhookb2/${canary}@x/IncomingWebhook/${canary}`,
  `https://prod-1.westeurope.logic.azure.com:443/workflows/x/invoke?api-version=1&sig=${canary}`,
  `Endpoint=sb://x.servicebus.windows.net/;SharedAccessKeyName=send;SharedAccessKey=${canary}=`,
  `https://functions.example/api/notify?code=${canary}`,
  `https://alice:${canary}@host.example/x`,
  `xoxb-1-${canary}`,
] as const;

/** Every place of a configuration, of one sink with its options, too. */
function placesOf(): readonly Pointer[] {
  const knowledge = createKnowledge(new Map([["ops", pager.options]]));
  const below = (pointer: Pointer): readonly Pointer[] => {
    const keys = pointer === "/sinks" ? ["ops"] : knowledge.keysAt(pointer);
    const own = pointer === "/sinks/ops/options/headers" ? ["x"] : keys;
    return [pointer, ...own.flatMap((key) => below(childOf(pointer, key)))];
  };
  return below("").slice(1);
}

/** A configuration with a value at a place, or a key in it. */
function configWith(place: Pointer, value: unknown): string {
  const config = {
    log: { level: "info" },
    sinks: { ops: { type: "pager", options: { url: "https://pager.example" } } },
  };
  const holders = [...segmentsOf(place)];
  const last = holders.pop() ?? "";
  let holder: Record<string, unknown> = config;
  for (const key of holders) {
    const next = holder[key];
    holder[key] = typeof next === "object" && next !== null ? next : {};
    holder = holder[key] as Record<string, unknown>;
  }
  holder[last] = value;
  return JSON.stringify(config, null, 2);
}

/** All that anybody is told of a configuration. */
async function toldOf(text: string): Promise<string> {
  const result = await readConfig({ text, importer: compiledImporter, env: {}, cwd: import.meta.dirname });
  if (result.ok) {
    const { warnings } = result.settings;
    return renderWarnings(warnings, result.excerpt) + JSON.stringify(warnings);
  }
  const { problems, excerpt } = result;
  return renderProblems(problems, excerpt) + githubCommands("error", problems) + JSON.stringify(problems);
}

const places = placesOf();

test("the whole configuration is swept", () => {
  expect(places).toEqual(
    expect.arrayContaining([
      "/log/level",
      "/imds/endpoint",
      "/sinks/ops/type",
      "/sinks/ops/when/minSeverity",
    ]),
  );
  expect(places.length).toBeGreaterThan(60);
});

type Write = (place: Pointer, secret: string) => string;

const ways: Readonly<Record<string, Write>> = {
  "as a value": configWith,
  "as a key": (place, secret) => configWith(childOf(parentOf(place), secret), "x"),
};
const spellings: Readonly<Record<string, Write>> = {
  "in a list": (place, secret) => configWith(place, [secret]),
  "as the key of a map": (place, secret) => configWith(place, { [secret]: "x" }),
  "with its slashes escaped": (place, secret) => configWith(place, secret).replaceAll("/", String.raw`\/`),
  "spelt in escapes": (place, secret) => configWith(place, secret).replaceAll("o", String.raw`\u006f`),
};

describe.each(Object.entries(ways))("a secret in a wrong place is not shown, %s", (_, write) => {
  test.each(secrets)("%s", async (secret) => {
    for (const place of places) expect(await toldOf(write(place, secret)), place).not.toMatch(leaked);
  });
});

test.each(Object.entries(spellings))("nor is it %s", async (_, write) => {
  for (const place of places) expect(await toldOf(write(place, secrets[0])), place).not.toMatch(leaked);
});

test.each([
  [
    "see https://hooks.slack.com/services/${env:HOOK} there",
    "see https://hooks.slack.com/services/${env:HOOK} there",
  ],
  ["sig=${env:SIG:-fallback}&x=1", "sig=${env:SIG**********}&x=1"],
  ["write `https://hooks.slack.com/services/…`", "write `https://hooks.slack.com/services/…`"],
  ["https://hooks.slack.com/other/T0", "https://hooks.slack.com/********"],
  ["https://hooks.slack.com/services/T0/B0", "https://hooks.slack.com/services/*****"],
  ["npm install @acme/pager", "npm install @acme/pager"],
  ["write http://HOST:PORT, or off", "write http://HOST:PORT, or off"],
])("%s is shown as %s", (text, expected) => {
  expect(hideTelltales(text)).toBe(expected);
});
