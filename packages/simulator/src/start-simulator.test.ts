import { expect, test } from "vitest";

import type { DocumentChange } from "./events/live-document.ts";
import { startSimulator } from "./start-simulator.ts";
import { approval, ask, EVENTS } from "./testing/ask.ts";

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

test("the VM is the default one with the description laid over it, and may change", async () => {
  await using simulator = await startSimulator({ vm: { name: "db-07", tags: { env: "test" } } });
  expect(simulator.vm).toMatchObject({ name: "db-07", location: "westeurope" });
  simulator.updateVm({ tags: { env: "prod" } });
  expect(simulator.vm).toMatchObject({ name: "db-07", tags: { env: "prod" } });
  const { text } = await ask(simulator, "/metadata/instance/compute/tags?api-version=2021-02-01&format=text");
  expect(text).toBe("env:prod");
});

test("a scenario is played on real time: seen over HTTP from nothing to nothing", async () => {
  const changes: DocumentChange[] = [];
  await using simulator = await startSimulator({
    vm: { name: "db-07" },
    timeScale: 1000,
    onChange: (change) => changes.push(change),
  });
  const seen = new Map<number, { EventId: string; EventStatus: string }[]>();
  const look = async () => {
    const { json } = await ask(simulator, EVENTS);
    const { DocumentIncarnation, Events } = json as ReturnType<typeof simulator.document>;
    seen.set(DocumentIncarnation, [...Events]);
  };
  await look();
  const over = new AbortController();
  const ended = simulator.play("reboot-platform").finally(() => over.abort());
  while (!over.signal.aborted) await look();
  await ended;
  await look();
  expect([...seen.keys()]).toEqual([1, 2, 3, 4]);
  expect([...seen.values()].flat().map(({ EventStatus }) => EventStatus)).toEqual(["Scheduled", "Started"]);
  expect(new Set([...seen.values()].flat().map(({ EventId }) => EventId)).size).toBe(1);

  const [added, started] = changes;
  expect(added?.event).toMatchObject({ Resources: ["db-07", "BackEnd_IN_0"] });
  expect(started?.at).toBeGreaterThanOrEqual(Date.parse(added?.event.NotBefore ?? ""));
});

test("an approval over HTTP moves a playing scenario on", async () => {
  const actions: string[] = [];
  await using simulator = await startSimulator({ onChange: ({ action }) => actions.push(action) });
  const ended = simulator.play("redeploy-user", { timeScale: 6000 });
  const manual = simulator.play("reboot-user", { timeScale: 2000, signal: AbortSignal.timeout(60_000) });
  await until(() => simulator.document().Events.length === 2);
  const ids = simulator.document().Events.map(({ EventId }) => EventId);
  expect(await ask(simulator, EVENTS, approval(...ids))).toMatchObject({ status: 200 });
  await Promise.all([ended, manual]);
  expect(actions.toSorted()).toEqual(["added", "added", "approved", "approved", "removed", "removed"]);
});

test("closing ends a play, an abort rejects it, an unknown name too", async () => {
  const simulator = await startSimulator();
  const stop = new AbortController();
  const aborted = simulator.play("demo", { signal: stop.signal });
  const ended = simulator.play("demo");
  stop.abort(new Error("enough"));
  await expect(aborted).rejects.toThrow("enough");
  await expect(simulator.play("nothing" as "demo")).rejects.toThrow(RangeError);
  await simulator.close();
  await expect(ended).resolves.toBeUndefined();
});

test("manual control changes the document step by step", async () => {
  await using simulator = await startSimulator();
  const { EventId } = simulator.schedule({
    EventType: "SomethingNew",
    EventId: "A-1",
    Resources: ["a", "b"],
  });
  simulator.update(EventId, { NotBefore: "2026-04-11T22:26:58Z", EventStatus: "Paused" });
  expect(simulator.document()).toMatchObject({
    DocumentIncarnation: 3,
    Events: [
      { EventId: "A-1", EventStatus: "Paused", NotBefore: "2026-04-11T22:26:58Z", Resources: ["a", "b"] },
    ],
  });
  simulator.start(EventId);
  simulator.remove(EventId);
  expect(simulator.document()).toEqual({ DocumentIncarnation: 5, Events: [] });
  expect(() => simulator.start(EventId)).toThrow(RangeError);
});

test("onServed tells once per incarnation, when a document went out whole", async () => {
  const served: number[] = [];
  await using simulator = await startSimulator({ onServed: (incarnation) => served.push(incarnation) });
  await ask(simulator, EVENTS);
  await ask(simulator, EVENTS);
  simulator.schedule({ EventType: "Freeze" });
  simulator.respondNext({ status: 500 }, "half-body");
  await ask(simulator, EVENTS);
  await expect(ask(simulator, EVENTS)).rejects.toThrow("terminated");
  expect(served).toEqual([1]);
  await ask(simulator, EVENTS);
  await ask(simulator, EVENTS);
  await until(() => served.length > 1);
  expect(served).toEqual([1, 2]);
});

test("requests are recorded as they arrived, refused ones too", async () => {
  await using simulator = await startSimulator();
  const before = Date.now();
  await ask(simulator, "/metadata/versions?x=%20", { headers: { "User-Agent": "mine/1" } });
  await ask(simulator, EVENTS, approval("A"));
  expect(simulator.requests).toMatchObject([
    { method: "GET", path: "/metadata/versions", query: "x=%20", userAgent: "mine/1", body: "" },
    { method: "POST", headers: { metadata: "true" }, body: '{"StartRequests":[{"EventId":"A"}]}' },
  ]);
  const at = simulator.requests[0]?.at ?? 0;
  expect(at).toBeGreaterThanOrEqual(before);
  expect(at).toBeLessThanOrEqual(Date.now());
});

test("wrong options are refused", async () => {
  await expect(startSimulator({ timeScale: 0 })).rejects.toThrow(RangeError);
  await expect(startSimulator({ rateLimit: 0 })).rejects.toThrow(RangeError);
});
