import { describe, expect, test } from "vitest";
import { announced, noon } from "./fixtures/announced.ts";
import { type ApprovalPolicy, judge, obstacleTo, ruleOf, type Stage } from "./policy.ts";

const world = { selfName: "web-01", now: noon };
const user: ApprovalPolicy = { eventSource: "User" };
const drained: ApprovalPolicy = { after: ["drain"] };

function verdict(
  policy: ApprovalPolicy,
  lifecycle = announced(),
  stages: Readonly<Record<string, Stage>> = {},
) {
  return judge(policy, lifecycle, { ...world, stageOf: (sink) => stages[sink] ?? { kind: "waiting" } });
}

describe("user", () => {
  test("approves what a user asked for, in any case, and nothing of the platform's", () => {
    expect(verdict(user)).toEqual({ kind: "none" });
    expect(verdict(user, announced({ eventSource: "User" }))).toEqual({ kind: "approve" });
    expect(verdict(user, announced({ eventSource: "user" }))).toEqual({ kind: "approve" });
    // Older api-versions have no EventSource (pitfall 39).
    expect(verdict(user, announced({ eventSource: null }))).toEqual({ kind: "none" });
  });
});

describe("after", () => {
  const other: ApprovalPolicy = { after: ["drain", "audit"] };

  test("approves when every sink has the announcement", () => {
    expect(verdict(drained, announced(), { drain: { kind: "has" } })).toEqual({ kind: "approve" });
    expect(verdict(other, announced(), { drain: { kind: "has" } })).toEqual({
      kind: "waiting",
      why: "audit has not got its announcement yet",
    });
  });

  test("is blocked by a sink that never will", () => {
    const drain: Stage = { kind: "never", why: "drain did not take it (rejected: exit 1)" };
    expect(verdict(other, announced(), { drain, audit: { kind: "has" } })).toEqual({
      kind: "blocked",
      why: "drain did not take it (rejected: exit 1)",
    });
  });

  test("asks for both where it names a source, too", () => {
    const both = { ...user, ...drained };
    const drain: Stage = { kind: "has" };
    expect(verdict(both, announced(), { drain })).toEqual({ kind: "none" });
    expect(verdict(both, announced({ eventSource: "User" })).kind).toBe("waiting");
    expect(verdict(both, announced({ eventSource: "User" }), { drain })).toEqual({ kind: "approve" });
  });
});

test("eventTypes leave out all other types", () => {
  const policy = { ...user, eventTypes: ["reboot"] };
  const of = (eventType: string) => verdict(policy, announced({ eventSource: "User", eventType })).kind;
  expect([of("Reboot"), of("Redeploy")]).toEqual(["approve", "none"]);
});

describe("other VMs", () => {
  const named = (...resources: readonly string[]) => announced({ eventSource: "User", resources });

  test("are never started unless shared says so", () => {
    expect(verdict(user, named("web-01", "web-02", "web-03"))).toEqual({
      kind: "blocked",
      why: "it would start on web-02, web-03, too; approve.shared: true would allow that",
    });
    expect(verdict({ ...user, shared: true }, named("web-02", "WEB-01"))).toEqual({ kind: "approve" });
  });

  test("are never started where this VM is not among them", () => {
    for (const resources of [["web-02"], ["web-010"], []]) {
      expect(verdict({ ...user, shared: true }, named(...resources))).toEqual({ kind: "none" });
    }
  });

  test("this VM is known by compute.name in any case, not by the hostname", () => {
    expect(verdict(user, named("WEB-01"))).toEqual({ kind: "approve" });
  });

  test("nothing is started while the own name is unknown", () => {
    const judged = judge(user, named("web-01"), {
      selfName: null,
      now: noon,
      stageOf: () => ({ kind: "has" }),
    });
    expect(judged).toEqual({ kind: "waiting", why: "IMDS has not told this VM's own name yet" });
  });
});

describe("what is over", () => {
  test.each([
    [{ goneAt: noon }, {}, "Azure no longer names it"],
    [{ wasStarted: true }, {}, "it has started already"],
    [{}, { eventStatus: "Started" }, "it has started already"],
    [{}, { eventStatus: "Paused" }, "its status is Paused"],
    [{ notBefore: noon }, {}, "its time has come, so that Azure starts it anyway"],
  ])("%j %j", (changes, entry, why) => {
    const lifecycle = { ...announced({ eventSource: "User", ...entry }), ...changes };
    expect(obstacleTo(lifecycle, true, world)).toEqual({ kind: "over", why });
    expect(verdict(user, lifecycle)).toEqual({ kind: "none" });
  });

  test("an unknown NotBefore is no obstacle", () => {
    expect(verdict(user, { ...announced({ eventSource: "User" }), notBefore: null }).kind).toBe("approve");
  });
});

test.each<[ApprovalPolicy, string]>([
  [user, "User events"],
  [drained, "after drain"],
  [
    { eventSource: "User", after: ["drain", "audit"], eventTypes: ["Reboot", "Redeploy"] },
    "User events after drain and audit, of Reboot, Redeploy",
  ],
  [{ after: ["drain"], eventTypes: ["Freeze"] }, "after drain, of Freeze"],
])("%j in words", (policy, words) => {
  expect(ruleOf(policy)).toBe(words);
});
