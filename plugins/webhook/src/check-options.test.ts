import { MisconfiguredError } from "@forewarn/sdk";
import { createAjv } from "@forewarn/sdk/ajv";
import { describe, expect, it } from "vitest";
import { checkOptions } from "./check-options.ts";
import { WebhookOptions } from "./webhook-options.ts";

const url = "https://example.com/hook";
const routingKey = "0123456789abcdef0123456789abcdef";
const secret = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

function refusal(options: Partial<WebhookOptions>): string | undefined {
  try {
    checkOptions({ mode: "structured", ...options });
    return undefined;
  } catch (error) {
    if (error instanceof MisconfiguredError) return error.message;
    throw error;
  }
}

describe("checkOptions", () => {
  it.each([
    { url },
    { url, handshake: true, origin: "events.example.com", requestRate: 60 },
    { url, body: "{}", contentType: "application/json" },
    { url, body: { a: 1 } },
    { url, preset: "teams" },
    { url, preset: "discord", headers: { authorization: "x" } },
    { preset: "pagerduty", routingKey },
    { preset: "opsgenie", apiKey: "k", url: "https://api.eu.opsgenie.com/v2/alerts" },
  ] as Partial<WebhookOptions>[])("takes %j", (options) => {
    expect(refusal(options)).toBeUndefined();
  });

  it.each([
    [{ url, origin: "x.example" }, "option origin: means nothing without the option handshake"],
    [
      { url, handshake: false, requestRate: 1 },
      "option requestRate: means nothing without the option handshake",
    ],
    [{ url, contentType: "text/plain" }, "option contentType: means nothing without the option body"],
    [
      { url, body: "x", mode: "batched" },
      "option body: cannot go with mode: batched, which has a body of its own; remove one of them",
    ],
    [
      { url, body: "x", mode: "binary" },
      "option body: cannot go with mode: binary, which has a body of its own; remove one of them",
    ],
    [{ url, preset: "teams", body: "x" }, "option body: cannot go with preset: teams; remove one of them"],
    [
      { url, preset: "teams", handshake: true },
      "option handshake: cannot go with preset: teams; remove one of them",
    ],
    [{ url, preset: "discord", secret }, "option secret: cannot go with preset: discord; remove one of them"],
    [
      { url, preset: "discord", mode: "batched" },
      "option mode: cannot be batched with preset: discord; remove one of them",
    ],
    [
      { preset: "pagerduty" },
      'option routingKey: is missing: preset: pagerduty needs it; give it by reference, such as "${env:NAME}"',
    ],
    [
      { preset: "opsgenie" },
      'option apiKey: is missing: preset: opsgenie needs it; give it by reference, such as "${env:NAME}"',
    ],
    [
      { preset: "opsgenie", apiKey: "k", routingKey },
      "option routingKey: means nothing without preset: pagerduty",
    ],
    [{ url, apiKey: "k" }, "option apiKey: means nothing without preset: opsgenie"],
    [
      { preset: "opsgenie", apiKey: "k", headers: { Authorization: "x" } },
      'option headers: "Authorization" cannot be set, since Forewarn or HTTP itself sets or forbids it',
    ],
    [{ preset: "teams" }, "option url: must be an http or https URL"],
  ] as [Partial<WebhookOptions>, string][])("refuses %j", (options, message) => {
    expect(refusal(options)).toBe(message);
  });
});

it("says all that is wrong at once, each with its option", () => {
  const said = refusal({
    url: "https://me:pw@example.com",
    origin: "x.example",
    contentType: "a",
    headers: { Host: "a", "x y": "b" },
    apiKey: "k",
  });
  expect(said?.split("; and ")).toEqual([
    "option origin: means nothing without the option handshake",
    "option contentType: means nothing without the option body",
    "option apiKey: means nothing without preset: opsgenie",
    "option url: must hold no user and password; use the option headers: authorization",
    'option headers: "Host" cannot be set, since Forewarn or HTTP itself sets or forbids it',
    'option headers: "x y" is no HTTP header name',
  ]);
});

describe("schema", () => {
  const ajv = createAjv();
  const validate = ajv.compile(WebhookOptions);

  it.each([
    { url, body: { a: ["{{ id }}", 1, null] } },
    { url, body: ["x"] },
    { url, handshake: true, origin: "a-b.example.com", requestRate: 60 },
    { preset: "pagerduty", routingKey },
    { preset: "opsgenie", apiKey: "eb243592-faa2-4ba2-a551-1afdf565c889" },
    { preset: "teams", url },
  ])("takes %j", (options) => {
    expect(validate(options), ajv.errorsText(validate.errors)).toBe(true);
  });

  it.each([
    { preset: "teams" },
    { preset: "discord" },
    { body: "x" },
    { url, preset: "slack" },
    { url, body: 1 },
    { url, body: "" },
    { url, handshake: "yes" },
    { url, origin: "https://example.com" },
    { url, origin: "-x.example" },
    { url, requestRate: 0 },
    { preset: "pagerduty", routingKey: "short" },
    { preset: "opsgenie", apiKey: "two words" },
  ])("refuses %j", (options) => {
    expect(validate(options)).toBe(false);
  });
});
