import { statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Lifecycle } from "../../normalize/lifecycle.ts";
import { createVirtualClock } from "../../time/virtual-clock.ts";
import { kept } from "../fixtures/contents.ts";
import { draft, drafts, now, observer, padding } from "../fixtures/draft.ts";
import { unlimited } from "../fixtures/limits.ts";
import { temporaryPlace } from "../fixtures/place.ts";
import type { Settlement } from "../tables/settle.ts";
import type { Limits } from "./retention.ts";

const hour = 3_600_000;
const delivered = (seq: number): Settlement => ({ seq, at: now, attempts: 1 });
const rejected = (seq: number): Settlement => ({
  ...delivered(seq),
  dead: { reason: "rejected", message: "refused", first: now, last: now },
});

/** An outbox with a sink for which nothing is finished yet. */
function outboxWith(limits: Partial<Limits>) {
  const clock = createVirtualClock({ now });
  const place = temporaryPlace(clock);
  const outbox = place.open({ limits: { ...unlimited, ...limits } });
  outbox.subscribe("sink", "start");
  const append = (added: Parameters<typeof outbox.append>[0]) =>
    outbox.append(added, observer, {}).map(({ seq }) => seq);
  const finish = (seqs: readonly number[], sink = "sink") =>
    outbox.settle(sink, seqs.map(delivered), seqs.at(-1) as number);
  return { clock, place, outbox, append, finish, database: place.database() };
}

describe("retention by age", () => {
  test("removes finished events that are older, and keeps the others", () => {
    const { outbox, clock, append, finish, database } = outboxWith({ retentionMs: hour });
    const seqs = append([draft("old", { time: now - 1 }), draft("young", { time: now })]);
    finish(seqs);
    clock.jump(hour);
    expect(outbox.retain(["sink"])).toEqual({ removed: 1, evicted: 0 });
    expect(kept(database)).toEqual(["young"]);
    expect(database.prepare("SELECT seq FROM delivery").all()).toEqual([{ seq: seqs[1] }]);
    expect(outbox.retain(["sink"])).toEqual({ removed: 0, evicted: 0 });
  });

  test("removes any number at once", () => {
    const { outbox, append, clock, finish, database } = outboxWith({ retentionMs: hour });
    finish(append(drafts(1750)));
    clock.jump(hour + 1);
    append([draft("young", { time: clock.now() })]);
    expect(outbox.retain(["sink"]).removed).toBe(1750);
    expect(kept(database)).toEqual(["young"]);
  });

  test("never holds up the poll for long: at most 10,000 at a time", () => {
    const { outbox, append, clock, finish } = outboxWith({ retentionMs: hour });
    finish(append(drafts(12_000)));
    clock.jump(hour + 1);
    expect([1, 2, 3].map(() => outbox.retain(["sink"]).removed)).toEqual([10_000, 2000, 0]);
  });

  test("what a running sink has not finished stays, whatever others have", () => {
    const { outbox, append, clock, finish, database } = outboxWith({ retentionMs: hour });
    outbox.subscribe("slow", "start");
    const seqs = append(drafts(3));
    finish(seqs);
    finish(seqs.slice(0, 1), "slow");
    clock.jump(hour + 1);
    outbox.retain(["sink", "slow"]);
    expect(kept(database)).toEqual(["e1", "e2"]);
  });

  test("a sink that is no longer configured holds nothing", () => {
    const { outbox, append, clock, finish, database } = outboxWith({ retentionMs: hour });
    outbox.subscribe("gone", "start");
    finish(append(drafts(3)));
    clock.jump(hour + 1);
    expect(outbox.retain(["sink"]).removed).toBe(3);
    expect(kept(database)).toEqual([]);
  });

  test("without any sink every event is finished", () => {
    const { outbox, append, clock, database } = outboxWith({ retentionMs: hour });
    append(drafts(3));
    expect(outbox.retain([]).removed).toBe(0);
    clock.jump(hour + 1);
    expect(outbox.retain([]).removed).toBe(3);
    expect(kept(database)).toEqual([]);
  });

  test("settlements that are still gathered count", () => {
    const { outbox, append, clock, finish } = outboxWith({ retentionMs: hour });
    const seqs = append(drafts(2));
    clock.jump(hour + 1);
    finish(seqs);
    expect(outbox.retain(["sink"]).removed).toBe(2);
  });

  test("dead letters are spared: a person may want them", () => {
    const { outbox, append, clock, database } = outboxWith({ retentionMs: hour });
    const [a, b, c] = append(drafts(3)) as [number, number, number];
    outbox.settle("sink", [delivered(a), rejected(b), delivered(c)], c);
    clock.jump(hour + 1);
    expect(outbox.retain(["sink"]).removed).toBe(2);
    expect(kept(database)).toEqual(["e1"]);
  });

  test("lifecycles are forgotten when they are gone for longer, open ones never", () => {
    const { outbox, clock } = outboxWith({ retentionMs: hour });
    const lifecycle = (eventId: string, goneAt: number | null) =>
      ({ eventId, goneAt }) as unknown as Lifecycle;
    const lifecycles = [lifecycle("open", null), lifecycle("gone", now - 1), lifecycle("just", now)];
    outbox.append([], observer, { lifecycles });
    clock.jump(hour);
    outbox.retain(["sink"]);
    expect([...outbox.lifecycles().keys()].toSorted()).toEqual(["just", "open"]);
  });
});

describe("retention by size", () => {
  const many = (count: number, from = 0) =>
    Array.from({ length: count }, (_, index) => draft(`e${from + index}`, { data: padding(2000) }));

  test("keeps the youngest finished events that fit", () => {
    const { outbox, append, finish, database } = outboxWith({ retentionBytes: 500_000 });
    finish(append(many(400)));
    const { removed } = outbox.retain(["sink"]);
    expect(outbox.size()).toBeLessThanOrEqual(500_000);
    expect(outbox.size()).toBeGreaterThan(350_000);
    expect(kept(database)).toEqual(
      many(400)
        .slice(removed)
        .map(({ subject }) => subject),
    );
    expect(outbox.retain(["sink"]).removed).toBe(0);
  });

  test("does not touch unsettled events, nor count them", () => {
    const { outbox, append, finish, database } = outboxWith({ retentionBytes: 700_000 });
    finish(append(many(100)));
    append(many(400, 100));
    expect(outbox.size()).toBeGreaterThan(1_000_000);
    expect(outbox.retain(["sink"]).removed).toBe(0);
    expect(kept(database)).toHaveLength(500);
  });

  test("does not touch dead letters, nor count them", () => {
    const { outbox, append, finish, database } = outboxWith({ retentionBytes: 700_000 });
    const dead = append(many(400));
    outbox.settle("sink", dead.map(rejected), dead.at(-1) as number);
    finish(append(many(100, 400)));
    expect(outbox.retain(["sink"]).removed).toBe(0);
    finish(append(many(400, 500)));
    expect(outbox.retain(["sink"]).removed).toBeGreaterThan(100);
    expect(kept(database).slice(0, 400)).toEqual(many(400).map(({ subject }) => subject));
  });

  test("the file itself shrinks", () => {
    const { outbox, append, finish, place } = outboxWith({ retentionBytes: 500_000 });
    const size = () => statSync(join(place.directory, "outbox.db")).size;
    finish(append(many(2000)));
    outbox.retain([]);
    expect(outbox.size()).toBeLessThanOrEqual(500_000);
    outbox.close();
    expect(size()).toBeLessThanOrEqual(600_000);
    expect(size()).toBeGreaterThan(100_000);
  });

  test("shrinks while the agent runs, not only when it stops", () => {
    const { outbox, append, finish, place } = outboxWith({ retentionBytes: 500_000 });
    const size = () => statSync(join(place.directory, "outbox.db")).size;
    finish(append(many(10_000)));
    expect(size()).toBeGreaterThan(15_000_000);
    outbox.retain(["sink"]);
    expect(size()).toBeLessThan(6_000_000);
  });
});
