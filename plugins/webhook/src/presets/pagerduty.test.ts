import { sampleEvents, story } from "@forewarn/testkit";
import { describe, expect, it } from "vitest";
import { pagerduty } from "./pagerduty.ts";

const options = {
  url: "https://events.pagerduty.com/v2/enqueue",
  routingKey: "0123456789abcdef0123456789abcdef",
};

function bodyOf(event: (typeof sampleEvents)[number]): unknown {
  const request = pagerduty.request(event, options);
  return request === undefined ? undefined : JSON.parse(request.body);
}

describe("pagerduty", () => {
  const about = {
    routing_key: options.routingKey,
    dedup_key: "forewarn/event/c7061bac-afdc-4513-b24b-000000000001/02aab8a4-74ef-476e-8182-f6d2ba4166a6",
  };

  it("triggers an alert for what was announced", () => {
    expect(story(1, ["scheduled"]).map(bodyOf)).toEqual([
      {
        ...about,
        event_action: "trigger",
        client: "Forewarn",
        payload: {
          summary:
            "SCHEDULED: Reboot of vm-eu-42 in 15 min, not before 2026-11-22 20:30:03 UTC, by Azure, expected to last 9 s",
          source: "vm-eu-42",
          severity: "critical",
          timestamp: "2026-11-22T20:15:03.123Z",
          class: "Reboot",
          custom_details: {
            VM: "vm-eu-42, Standard_D4s_v5, westeurope, zone 2",
            "Not before": "2026-11-22 20:30:03 UTC",
            Notice: "15 min",
            Interruption: "9 s",
            "Caused by": "Platform",
            "Azure says": "Virtual machine is being rebooted for maintenance.",
            EventId: "C7061BAC-AFDC-4513-B24B-000000000001",
            "Resource group": "rg-ops",
          },
        },
      },
    ]);
  });

  it("keeps one alert over the whole story, and resolves it", () => {
    const phases = ["scheduled", "updated", "started", "completed"] as const;
    expect(story(1, phases).map(bodyOf)).toMatchObject([
      { ...about, event_action: "trigger" },
      { ...about, event_action: "trigger" },
      { ...about, event_action: "trigger" },
      { ...about, event_action: "resolve" },
    ]);
    expect(story(1, ["canceled", "ended"]).map(bodyOf)).toEqual([
      { ...about, event_action: "resolve" },
      { ...about, event_action: "resolve" },
    ]);
  });

  it("maps the impact, and keeps another VM's view of the event apart", () => {
    const severityOf = (impact: "info" | "warn" | "error") =>
      story(1, ["scheduled"], { impact }).map((event) => bodyOf(event))[0];
    expect((["error", "warn", "info"] as const).map(severityOf)).toMatchObject([
      { payload: { severity: "critical" } },
      { payload: { severity: "warning" } },
      { payload: { severity: "info" } },
    ]);
    const [event] = story(1, ["scheduled"]);
    const vm = { ...(event as (typeof sampleEvents)[number]).data.vm, vmId: "other" };
    expect(story(1, ["scheduled"], { vm }).map(bodyOf)).toMatchObject([
      { dedup_key: "forewarn/event/c7061bac-afdc-4513-b24b-000000000001/other" },
    ]);
  });

  it("opens and closes alerts about IMDS and sinks, and has no use for the agent's start", () => {
    const own = sampleEvents.filter(({ type }) => !type.includes("scheduledevent"));
    const said = own.map((event) => {
      const body = bodyOf(event) as { event_action: string; dedup_key: string } | undefined;
      return [event.type.slice("io.forewarn.".length), body?.event_action, body?.dedup_key.split("/")[1]];
    });
    expect(said).toEqual(
      expect.arrayContaining([
        ["imds.unreachable", "trigger", "imds"],
        ["imds.recovered", "resolve", "imds"],
        ["agent.started", undefined, undefined],
        ["agent.stopped", undefined, undefined],
        ["sink.paused", "trigger", "sink"],
        ["sink.resumed", "resolve", "sink"],
      ]),
    );
  });
});
