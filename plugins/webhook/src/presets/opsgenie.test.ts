import { type ScheduledEvent } from "@forewarn/sdk";
import { story } from "@forewarn/testkit";
import { describe, expect, it } from "vitest";
import { opsgenie } from "./opsgenie.ts";

const url = "https://api.eu.opsgenie.com/v2/alerts";
const alias = "forewarn/event/c7061bac-afdc-4513-b24b-000000000001/02aab8a4-74ef-476e-8182-f6d2ba4166a6";

function requestFor(event: ScheduledEvent | undefined, to = url) {
  const request = opsgenie.request(event as ScheduledEvent, { url: to, apiKey: "k" });
  return {
    url: request?.url,
    headers: request?.headers,
    body: JSON.parse(request?.body ?? "null") as unknown,
  };
}

describe("opsgenie", () => {
  it("creates an alert for what was announced", () => {
    expect(requestFor(story(1, ["scheduled"])[0])).toEqual({
      url: undefined,
      headers: { "content-type": "application/json", authorization: "GenieKey k" },
      body: {
        source: "Forewarn",
        note: "Reboot of vm-eu-42 in 15 min, not before 2026-11-22 20:30:03 UTC, by Azure, expected to last 9 s",
        alias,
        message: "SCHEDULED: Reboot of vm-eu-42",
        description: expect.stringContaining(
          "\n\nVM: vm-eu-42, Standard_D4s_v5, westeurope, zone 2\nNot before: ",
        ),
        entity: "vm-eu-42",
        priority: "P1",
        tags: ["forewarn"],
        details: expect.objectContaining({
          EventId: "C7061BAC-AFDC-4513-B24B-000000000001",
          "Caused by": "Platform",
        }),
      },
    });
  });

  it("closes it by its alias, which cannot leave its place in the path", () => {
    const closing = `https://api.eu.opsgenie.com/v2/alerts/${encodeURIComponent(alias)}/close?identifierType=alias`;
    for (const phase of ["completed", "canceled", "ended"] as const)
      expect(requestFor(story(1, [phase])[0])).toMatchObject({
        url: closing,
        headers: { authorization: "GenieKey k" },
        body: { source: "Forewarn", note: expect.stringContaining("Reboot of vm-eu-42") },
      });
    expect(requestFor(story(1, ["ended"])[0], `${url}/`).url).toBe(closing);
    const [odd] = story(1, ["ended"], { eventId: "../../x?y#z" });
    expect(requestFor(odd).url).toMatch(
      /\/v2\/alerts\/forewarn%2Fevent%2F\.\.%2F\.\.%2Fx%3Fy%23z%2F[\w-]+\/close\?/,
    );
  });

  it("lets no data become HTML", () => {
    const [event] = story(1, ["scheduled"], { description: '<a href="https://evil.example">ok</a>' });
    const { body } = requestFor(event);
    expect(JSON.stringify(body)).not.toMatch(/[<>]/);
    expect(JSON.stringify(body)).toContain("‹a href=");
  });
});
