import { expect, test } from "vitest";
import { openArchive } from "../agent.ts";
import { draft, observer } from "../outbox/fixtures/draft.ts";
import { temporaryPlace } from "../outbox/fixtures/place.ts";
import { stageAt } from "./stage.ts";

const announcement = (occurrence: number) =>
  draft("c7", { data: { eventId: "C7", occurrence } as never, id: `c7:scheduled:${occurrence}` });

/** An announcement that the sink `drain` has refused. */
function refused() {
  const place = temporaryPlace();
  const outbox = place.open();
  outbox.subscribe("drain", "start");
  const [{ seq } = { seq: 0 }] = outbox.append([announcement(1)], observer, {});
  const dead = { reason: "rejected", message: "exit 1", first: 1, last: 2 } as const;
  outbox.settle("drain", [{ seq, at: 1, attempts: 1, dead }], seq);
  outbox.sync();
  const stage = (occurrence = 1, sink = "drain") =>
    stageAt(sink, { eventId: "c7", occurrence }, { outbox, routeOf: () => () => true });
  return { place, outbox, stage };
}

test("a refused announcement blocks until a person has marked it to come again", () => {
  const { place, stage } = refused();
  expect(stage()).toEqual({ kind: "never", why: "drain did not take it (rejected: exit 1)" });
  using archive = openArchive(place.directory, "write");
  archive.replay({ sink: "drain" });
  expect(stage()).toEqual({ kind: "waiting" });
});

test("what is settled and not on disk yet is waited for", () => {
  const { outbox, stage } = refused();
  const [{ seq } = { seq: 0 }] = outbox.append([announcement(2)], observer, {});
  expect(stage(2)).toEqual({ kind: "waiting" });
  outbox.settle("drain", [{ seq, at: 1, attempts: 1 }], seq);
  expect(stage(2)).toEqual({ kind: "waiting" });
  outbox.sync();
  expect(stage(2)).toEqual({ kind: "has" });
});

test("the announcement of another occurrence counts for nothing", () => {
  const { stage } = refused();
  expect(stage(2)).toEqual({ kind: "never", why: "its announcement is not kept any more" });
});
