import { describe, expect, it } from "vitest";
import { own, scheduled } from "../fixtures/events.ts";
import { mentionFor, mentionMarkup, mentionPattern } from "./mention.ts";

const mentions = { error: "<!here>", warn: "S0PLATFORM", info: "U012ABCDEF" };
const call = (
  ...[event, earlier = {}]: [Parameters<typeof mentionFor>[0], Parameters<typeof mentionFor>[1]?]
) => mentionFor(event, earlier, mentions);

describe("whom to call", () => {
  it.each([
    ["<!here>", "<!here>"],
    ["<!channel>", "<!channel>"],
    ["U012ABCDEF", "<@U012ABCDEF>"],
    ["W012ABCDEF", "<@W012ABCDEF>"],
    ["S012ABCDEF", "<!subteam^S012ABCDEF>"],
  ])("%s is written %s", (mention, markup) => {
    expect(new RegExp(mentionPattern).test(mention)).toBe(true);
    expect(mentionMarkup(mention)).toBe(markup);
  });

  it.each([
    "here",
    "@here",
    "<!date^1>",
    "<@U012ABCDEF>",
    "C012ABCDEF",
    "U1",
    "S012abc",
    "<!here> <!channel>",
  ])("%s is none", (mention) => {
    expect(new RegExp(mentionPattern).test(mention)).toBe(false);
  });

  it("goes by severity", () => {
    expect(call(scheduled())).toBe("<!here>");
    expect(call(scheduled({ impact: "warn" }))).toBe("<!subteam^S0PLATFORM>");
    expect(call(scheduled({ impact: "info" }))).toBe("<@U012ABCDEF>");
    expect(mentionFor(scheduled(), {}, { warn: "<!here>" })).toBe("");
  });
});

describe("a phase that needs a person", () => {
  it("is an announcement, and a start without notice", () => {
    expect(call(scheduled({ phase: "started", noticeMs: 0 }))).toBe("<!here>");
    expect(call(scheduled({ phase: "started", noticeMs: null, gapMs: 90_000 }))).toBe("<!here>");
    expect(call(scheduled({ phase: "started", noticeMs: 900_000 }))).toBe("");
  });

  it.each(["completed", "canceled", "ended"] as const)("is not %s", (phase) => {
    expect(call(scheduled({ phase }))).toBe("");
    expect(mentionFor(scheduled({ phase }), {}, { ...mentions, info: "<!here>" })).toBe("");
  });

  it.each([
    ["sooner", { notBefore: "2026-11-22T12:05:00.000Z" }, true],
    ["later", { notBefore: "2026-11-22T13:00:00.000Z" }, false],
    ["longer", { durationSeconds: 30 }, true],
    ["another type", { eventType: "Redeploy" }, true],
    ["other words", { description: "Soon." }, false],
    ["fewer VMs", { resources: ["web-01"] }, false],
  ])("is an update that is %s: %s", (_, change, isCalled) => {
    const data = { ...scheduled().data, impact: "error" as const };
    const event = scheduled({ phase: "updated", changed: Object.keys(change), ...change });
    expect(call(event, { data }) !== "").toBe(isCalled);
  });

  it("is an update that hits this VM only now, or harder than before", () => {
    const event = scheduled({ phase: "updated", changed: ["resources"] });
    expect(call(event, { data: { ...event.data, affectsSelf: false } })).toBe("<!here>");
    expect(call(event, { data: { ...event.data, impact: "warn" } })).toBe("<!here>");
  });

  it("is any update of which nobody knows what it was before, but of Azure's words", () => {
    expect(call(scheduled({ phase: "updated", changed: ["notBefore"] }))).toBe("<!here>");
    expect(call(scheduled({ phase: "updated", changed: ["description"] }))).toBe("");
  });

  it("is a warning of Forewarn's own, not its news", () => {
    expect(call(own("sink.paused", "ERROR", { sink: "a", message: "b" }))).toBe("<!here>");
    expect(call(own("imds.unreachable", "WARN", { message: "b" }))).toBe("<!subteam^S0PLATFORM>");
    expect(call(own("agent.started", "INFO", { version: "1" }))).toBe("");
  });
});
