import { expect, test } from "vitest";

import { completeEvent } from "./event-patch.ts";
import { createLiveDocument } from "./live-document.ts";
import type { DocumentChange } from "./live-document.ts";

function withOne() {
  const live = createLiveDocument();
  const event = completeEvent({ EventType: "Reboot" }, "web-01", 1);
  live.add(event);
  const changes: DocumentChange[] = [];
  const stop = live.onChange((change) => changes.push(change));
  return { live, id: event.EventId, changes, stop };
}

test("a new document is empty and has incarnation 1", () => {
  expect(createLiveDocument().snapshot()).toEqual({ DocumentIncarnation: 1, Events: [] });
});

test("each change raises the incarnation by one and is told", () => {
  const { live, id, changes } = withOne();
  live.update(id, { DurationInSeconds: 7 });
  live.start(id);
  live.remove(id);
  expect(live.snapshot()).toEqual({ DocumentIncarnation: 5, Events: [] });
  expect(changes.map(({ action, incarnation }) => [action, incarnation])).toEqual([
    ["updated", 3],
    ["started", 4],
    ["removed", 5],
  ]);
  expect(changes.at(-1)?.event).toMatchObject({ EventId: id, EventStatus: "Started", DurationInSeconds: 7 });
});

test("what changes nothing raises nothing", () => {
  const { live, id, changes } = withOne();
  live.update(id, { Resources: ["web-01"] });
  live.start(id);
  live.start(id);
  live.start(id, "approved");
  expect(changes).toHaveLength(1);
});

test("a started event has no NotBefore and keeps its id", () => {
  const { live, id } = withOne();
  live.start(id);
  expect(live.snapshot().Events).toMatchObject([{ EventId: id, EventStatus: "Started", NotBefore: "" }]);
});

test("a snapshot does not change afterwards", () => {
  const { live, id } = withOne();
  const before = live.snapshot();
  live.start(id);
  expect(before.Events[0]?.EventStatus).toBe("Scheduled");
});

test("ids are compared without regard to case, unknown and doubled ones are refused", () => {
  const { live, id } = withOne();
  const event = live.find(id.toLowerCase());
  expect(event?.EventId).toBe(id);
  expect(() => live.add(event!)).toThrow(RangeError);
  for (const refused of [live.start, live.remove, (other: string) => live.update(other, {})])
    expect(() => refused("ABC")).toThrow("No event ABC");
});

test("a listener that was taken away hears nothing", () => {
  const { live, id, changes, stop } = withOne();
  stop();
  live.remove(id);
  expect(changes).toEqual([]);
});

test("incarnations may be skipped and begin anew", () => {
  const { live, id } = withOne();
  live.skipIncarnations(2);
  live.start(id);
  expect(live.snapshot().DocumentIncarnation).toBe(5);
  live.remove(id);
  expect(live.snapshot().DocumentIncarnation).toBe(6);
  live.resetIncarnation();
  expect(live.snapshot().DocumentIncarnation).toBe(1);
  live.resetIncarnation(58);
  live.restore(id);
  expect(live.snapshot()).toMatchObject({ DocumentIncarnation: 59, Events: [{ EventId: id }] });
  expect(() => live.resetIncarnation(-1)).toThrow(RangeError);
  expect(() => live.restore("ABC")).toThrow("No event ABC was removed");
});

test("an event may go back to Scheduled and change the letter case of its id, but not its id", () => {
  const { live, id } = withOne();
  live.start(id);
  live.update(id, { EventStatus: "Scheduled", EventId: id.toLowerCase() });
  expect(live.snapshot().Events).toMatchObject([{ EventId: id.toLowerCase(), EventStatus: "Scheduled" }]);
  expect(() => live.update(id, { EventId: "other" })).toThrow("may change only its letter case");
});
