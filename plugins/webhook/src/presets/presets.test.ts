import { createAjv } from "@forewarn/sdk/ajv";
import { story } from "@forewarn/testkit";
import { describe, expect, it } from "vitest";
import { everyEvent } from "../fixtures/hostile-events.ts";
import { batchOfEvents, open } from "../fixtures/open-webhook.ts";
import { receive } from "../fixtures/receiver.ts";
import { vendorBytes, vendorSchemas } from "../fixtures/vendor-schemas.ts";
import { type PresetName, presets } from "./presets.ts";

const keys = {
  teams: {},
  discord: {},
  pagerduty: { routingKey: "0123456789abcdef0123456789abcdef" },
  opsgenie: { apiKey: "eb243592-faa2-4ba2-a551-1afdf565c889" },
} as const;

const names = Object.keys(presets) as PresetName[];

/** A sink with this preset and a receiver that stands for its service. */
async function service(preset: PresetName, answer?: Parameters<typeof receive>[0]) {
  const { url, received } = await receive(answer);
  return { received, url, ...(await open({ url, preset, ...keys[preset] })) };
}

describe.each(names)("%s", (preset) => {
  const ajv = createAjv();
  const validate = ajv.compile(vendorSchemas[preset]);

  it("sends what the service's documentation allows, whatever an event holds", async () => {
    const { received, deliver } = await service(preset);
    for (const event of everyEvent) await deliver(batchOfEvents([event]));
    expect(received.length).toBeGreaterThan(15);
    for (const { body, headers, method } of received) {
      const said = body.toString();
      expect(method).toBe("POST");
      expect(headers["content-type"]).toBe("application/json");
      expect(body.length, said).toBeLessThanOrEqual(vendorBytes[preset]);
      expect(validate(JSON.parse(said)), `${ajv.errorsText(validate.errors)}: ${said}`).toBe(true);
      expect(said).not.toMatch(/\\u0000|\\ud[89ab]/i);
    }
  });

  it("sends the same for each attempt, under the same Idempotency-Key", async () => {
    const { received, deliver } = await service(preset);
    const batch = batchOfEvents(story(1, ["scheduled"]));
    await deliver(batch);
    await deliver({ ...batch, attempt: 2 });
    const [first, second] = received;
    expect(first?.headers["idempotency-key"]).toMatch(/^msg_[\w-]+$/);
    expect(second).toEqual(first);
  });

  it.each([
    [401, "FOREWARN_MISCONFIGURED"],
    [404, "FOREWARN_MISCONFIGURED"],
    [400, "FOREWARN_REJECT"],
    [429, "FOREWARN_RETRY"],
    [502, "FOREWARN_RETRY"],
  ])("%d is %s, and no error shows a key or the URL", async (status, code) => {
    const { errorOf, url } = await service(preset, (response) => response.writeHead(status).end("no"));
    const error = await errorOf(batchOfEvents(story(1, ["scheduled"])));
    expect(error).toMatchObject({ code, status, excerpt: "no" });
    const shown = `${error?.stack} ${JSON.stringify(error)}`;
    for (const secret of [url, ...Object.values(keys[preset])]) expect(shown).not.toContain(secret);
  });
});

describe("an answer that looks like a refused event but is not about the event", () => {
  it.each([
    [
      "pagerduty",
      400,
      '{"status":"invalid event","message":"Event object is invalid","errors":["Invalid routing key"]}',
      "answered 400: the option routingKey is not the key of an integration",
    ],
    [
      "pagerduty",
      400,
      `{"errors":["Length of 'routing_key' is incorrect (should be 32 characters)"]}`,
      "answered 400: the option routingKey is not the key of an integration",
    ],
    [
      "opsgenie",
      422,
      '{"message":"Key format is not valid!","took":0.0}',
      "answered 422: the option apiKey is not the key of an API integration",
    ],
    [
      "teams",
      400,
      '{"error":{"code":"WorkflowTriggerIsNotEnabled","message":"…"}}',
      "answered 400: the workflow is turned off",
    ],
  ] as const)("%s %d %s", async (preset, status, answer, message) => {
    const { errorOf } = await service(preset, (response) => response.writeHead(status).end(answer));
    const error = await errorOf(batchOfEvents(story(1, ["scheduled"])));
    expect(error).toMatchObject({ code: "FOREWARN_MISCONFIGURED", message, status });
  });

  it("is not believed of a service that is only down", async () => {
    const { errorOf } = await service("pagerduty", (response) => response.writeHead(500).end("routing_key"));
    expect(await errorOf(batchOfEvents(story(1, ["scheduled"])))).toMatchObject({ code: "FOREWARN_RETRY" });
  });
});
