import { resolve } from "node:path";
import { createAjv } from "@forewarn/sdk/ajv";
import { describe, expect, test } from "vitest";
import { type PresetName } from "../../plugins/webhook/src/presets/presets.ts";
import { vendorSchemas } from "../../plugins/webhook/src/fixtures/vendor-schemas.ts";
import { forewarn, type Place, temporaryPlace } from "./forewarn.ts";
import { type HttpRecorder, startHttpRecorder } from "./http-recorder.ts";

const examples = resolve(import.meta.dirname, "../../examples/webhook-receivers");

/** Runs an example while a simulated VM is rebooted, and returns what its service got. */
async function received(
  name: string,
  place: Place,
  service: HttpRecorder,
  env: Readonly<Record<string, string>>,
) {
  const args = [
    "run",
    "--simulate",
    "reboot-platform",
    "--time-scale",
    "300",
    "-c",
    resolve(examples, `${name}.yaml`),
  ];
  await using agent = forewarn(args, { cwd: place.path, env });
  expect(await agent.exited(), agent.stderr()).toBe(0);
  expect(agent.stdout()).toMatch(/0 left on disk, 0 dead/);
  for (const secret of Object.values(env)) expect(agent.stdout() + agent.stderr()).not.toContain(secret);
  return service.requests.map(({ path, headers, body }) => ({
    path,
    headers,
    body: JSON.parse(body) as unknown,
  }));
}

function expectValid(preset: PresetName, bodies: readonly unknown[]): void {
  const ajv = createAjv();
  const validate = ajv.compile(vendorSchemas[preset]);
  for (const body of bodies)
    expect(validate(body), `${ajv.errorsText(validate.errors)}: ${JSON.stringify(body)}`).toBe(true);
}

/** What a story is told by, whatever of its middle a loaded machine has time to see. */
function expectStory(told: readonly (string | undefined)[], first: string, last: RegExp): void {
  expect(told.length).toBeGreaterThanOrEqual(2);
  expect(told[0]).toBe(first);
  expect(told.at(-1)).toMatch(last);
}

describe.concurrent(
  "each example of webhook-receivers tells a reboot, from the announcement to the end",
  () => {
    test("teams: a card for each phase", async () => {
      using place = temporaryPlace();
      await using service = await startHttpRecorder({ status: 202 });
      const url = `${service.url}/workflows/1/triggers/manual/paths/invoke?sig=secret-signature`;
      const requests = await received("teams", place, service, { TEAMS_WORKFLOW_URL: url });
      expectValid(
        "teams",
        requests.map(({ body }) => body),
      );
      const phases = requests.map(({ body }) => /"text":"(\w+): Reboot of/.exec(JSON.stringify(body))?.[1]);
      expectStory(phases, "SCHEDULED", /COMPLETED|ENDED/);
      expect(requests[0]?.path).toBe(new URL(url).pathname + new URL(url).search);
    });

    test("discord: a message for each phase, mentioning nobody", async () => {
      using place = temporaryPlace();
      await using service = await startHttpRecorder({ status: 204 });
      const env = { DISCORD_WEBHOOK_URL: `${service.url}/api/webhooks/1/secret-token` };
      const requests = await received("discord", place, service, env);
      expectValid(
        "discord",
        requests.map(({ body }) => body),
      );
      expect(requests).toHaveLength(3);
      for (const { body } of requests) expect(body).toMatchObject({ allowed_mentions: { parse: [] } });
    });

    test("pagerduty: one alert, triggered and resolved", async () => {
      using place = temporaryPlace();
      await using service = await startHttpRecorder({ status: 202 });
      const env = {
        PAGERDUTY_ROUTING_KEY: "0123456789abcdef0123456789abcdef",
        PAGERDUTY_URL: `${service.url}/v2/enqueue`,
      };
      const bodies = (await received("pagerduty", place, service, env)).map(
        ({ body }) => body as Readonly<Record<string, string>>,
      );
      expectValid("pagerduty", bodies);
      const actions = bodies.map((body) => body["event_action"]);
      expectStory(actions, "trigger", /resolve/);
      expect(actions.filter((action) => action === "resolve")).toHaveLength(1);
      expect(new Set(bodies.map((body) => body["dedup_key"])).size).toBe(1);
      expect(bodies[0]).toMatchObject({
        routing_key: env.PAGERDUTY_ROUTING_KEY,
        payload: { severity: "critical" },
      });
    });

    test("opsgenie: one alert, created and closed", async () => {
      using place = temporaryPlace();
      await using service = await startHttpRecorder({ status: 202 });
      const env = {
        OPSGENIE_API_KEY: "eb243592-faa2-4ba2-a551-1afdf565c889",
        OPSGENIE_URL: `${service.url}/v2/alerts`,
      };
      const requests = await received("opsgenie", place, service, env);
      expectValid(
        "opsgenie",
        requests.map(({ body }) => body),
      );
      const alias = (requests[0]?.body as { readonly alias: string } | undefined)?.alias ?? "";
      const paths = requests.map(({ path }) => path);
      expectStory(paths, "/v2/alerts", /\/close/);
      expect(paths.at(-1)).toBe(`/v2/alerts/${encodeURIComponent(alias)}/close?identifierType=alias`);
      for (const { headers } of requests)
        expect(headers.authorization).toBe(`GenieKey ${env.OPSGENIE_API_KEY}`);
    });

    test("template: a ticket for each phase", async () => {
      using place = temporaryPlace();
      await using service = await startHttpRecorder();
      const env = { TICKETS_URL: `${service.url}/tickets`, TICKETS_TOKEN: "secret-ticket-token" };
      const requests = await received("template", place, service, env);
      expect(requests[0]?.headers["authorization"]).toBe("Bearer secret-ticket-token");
      const tickets = requests.map(({ body }) => body as { readonly title: string });
      expect(tickets[0]).toEqual({
        title: "REBOOT of web-01: scheduled",
        text: expect.stringMatching(
          /^Not before \d{4}-\d\d-\d\d \d\d:\d\d:\d\d \+0[12]:00\. Host server/,
        ) as string,
        team: "operations",
        vms: ["web-01", "BackEnd_IN_0"],
        correlation: expect.stringMatching(/^[0-9A-F-]{36}$/i) as string,
      });
      const phases = tickets.map(({ title }) => title.split(": ")[1]);
      expectStory(phases, "scheduled", /completed|ended/);
    });
  },
);
