import * as fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import type { Envelope } from "../../outbox/envelope.ts";
import { openArchive } from "../../outbox/archive/archive.ts";
import { draft, now, observer, padding } from "../../outbox/fixtures/draft.ts";
import { type Place, temporaryPlace } from "../../outbox/fixtures/place.ts";
import type { Outbox } from "../../outbox/outbox.ts";
import { createRoute } from "../../router/router.ts";
import type { BatchSize } from "../sink-settings.ts";
import { createFeed, type Feed } from "./feed.ts";

interface Told {
  readonly key: string;
  readonly wanted: boolean;
  readonly urgent: boolean;
}

/** Urgent for as long as a test takes. */
const always = { from: now - 1, deadline: now + 3_600_000 };

const batchSize = fc.record({
  maxEvents: fc.integer({ min: 1, max: 5 }),
  maxBytes: fc.constantFrom(1, 3000, 1e9),
});

type Action =
  | { readonly do: "append"; readonly events: readonly Told[] }
  | { readonly do: "take"; readonly size: BatchSize }
  /** Of the batches under way, one; all of its events, or only some. */
  | { readonly do: "settle"; readonly which: number; readonly some: boolean; readonly dead: boolean }
  /** Whole stories of these keys, out of turn. */
  | { readonly do: "claim"; readonly size: BatchSize }
  | { readonly do: "release"; readonly which: number }
  | { readonly do: "park"; readonly key: string }
  /** A person wants one of the dead letters again, from another process. */
  | { readonly do: "replay"; readonly which: number }
  | { readonly do: "restart" };

const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("append" as const),
      events: fc.array(
        fc.record({ key: fc.constantFrom("a", "b", "c"), wanted: fc.boolean(), urgent: fc.boolean() }),
        {
          minLength: 1,
          maxLength: 6,
        },
      ),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("take" as const),
      size: batchSize,
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("settle" as const),
      which: fc.nat(7),
      some: fc.boolean(),
      dead: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("claim" as const), size: batchSize }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("release" as const), which: fc.nat(7) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("park" as const), key: fc.constantFrom("a", "b", "c") }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("replay" as const), which: fc.nat(7) }) },
  { weight: 1, arbitrary: fc.constant({ do: "restart" } as const) },
);

/** What must hold of any feed over any outbox, told by lists that only grow. */
function createModel() {
  const place: Place = temporaryPlace();
  let outbox: Outbox = place.open();
  let feed: Feed = subscribed();
  const archive = openArchive(place.directory, "write");
  onTestFinished(() => archive.close());
  const wanted: Envelope[] = [];
  const settled: number[] = [];
  const letters: Envelope[] = [];
  const replayed = new Set<number>();
  const appended: Envelope[] = [];
  const parked = new Set<string>();
  let underWay: readonly (readonly Envelope[])[] = [];
  let last = outbox.last();

  function subscribed(): Feed {
    const position = outbox.subscribe("sink", "start");
    const subscribed = createFeed({
      sink: "sink",
      outbox,
      position,
      wants: createRoute("sink", { scope: "self" }),
    });
    subscribed.replay(outbox.replays("sink"));
    return subscribed;
  }

  const unfinished = () => wanted.filter(({ seq }) => !settled.includes(seq));

  function append(events: readonly Told[]): void {
    const drafts = events.map((event) =>
      draft(event.key, {
        affectsSelf: event.wanted,
        data: padding(800),
        urgency: event.urgent ? always : null,
      }),
    );
    const envelopes = outbox.append(drafts, observer, {});
    appended.push(...envelopes);
    wanted.push(...envelopes.filter((_, index) => events[index]?.wanted));
    last = envelopes.at(-1)?.seq as number;
  }

  function take(size: BatchSize): readonly Envelope[] {
    while (feed.fill(1e6));
    const busy = new Set(underWay.flat().map(({ key }) => key));
    const free = unfinished().filter(({ key }) => !busy.has(key));
    const isAlike = (count: number) =>
      new Set(free.slice(0, count).map(({ seq }) => replayed.has(seq))).size === 1;
    const fits = (count: number) => {
      const bytes = free.slice(0, count).map(({ json }) => Buffer.byteLength(json));
      return (
        isAlike(count) &&
        count <= size.maxEvents &&
        (count <= 1 || bytes.reduce((a, b) => a + b, 0) <= size.maxBytes)
      );
    };
    let most = 0;
    while (most < free.length && fits(most + 1)) most++;
    const taken = feed.take(size);
    expect(taken.map(({ seq }) => seq)).toEqual(free.slice(0, most).map(({ seq }) => seq));
    if (taken.length > 0) underWay = [...underWay, taken];
    return taken;
  }

  function settle(which: number, some: boolean, dead: boolean): void {
    const batch = underWay[which % underWay.length];
    if (batch === undefined) return;
    const chosen = some ? batch.filter((_, index) => index % 2 === 0) : batch;
    const rest = batch.filter((envelope) => !chosen.includes(envelope));
    underWay = underWay.toSpliced(underWay.indexOf(batch), 1, ...(rest.length === 0 ? [] : [rest]));
    const letter = { reason: "rejected", message: "no", first: now, last: now } as const;
    feed.settle(chosen, ({ seq }) => ({ seq, at: now, attempts: 1, ...(dead ? { dead: letter } : {}) }));
    for (const { seq } of chosen) expect(settled).not.toContain(seq);
    for (const { key } of chosen) unpark(key);
    settled.push(...chosen.map(({ seq }) => seq));
    for (const { seq } of chosen) replayed.delete(seq);
    if (dead) letters.push(...chosen);
  }

  function replay(which: number): void {
    const letter = letters[which % letters.length];
    if (letter === undefined) return;
    letters.splice(letters.indexOf(letter), 1);
    outbox.retain([]);
    expect(archive.replay({ ids: [letter.id] }).replayed.map(({ place: seq }) => seq)).toEqual([letter.seq]);
    settled.splice(settled.indexOf(letter.seq), 1);
    replayed.add(letter.seq);
    expect(outbox.marked()).toBe(true);
    feed.replay(outbox.replays("sink"));
  }

  /**
   * What is urgent is handed out whatever stands before it, whole stories, in order. A story that was urgent by an
   * event that this sink has passed since may be handed out as such until it is read again.
   */
  function claim(size: BatchSize): void {
    const busy = new Set(underWay.flat().map(({ key }) => key));
    const { free, held } = feed.urgent(now);
    const urgentAbove = (place: number) =>
      new Set(appended.filter(({ deadline, seq }) => deadline !== null && seq > place).map(({ key }) => key));
    const open = unfinished().filter(({ key }) => !busy.has(key));
    const must = urgentAbove(feed.position());
    const given = new Set(free.map(({ key }) => key));
    const expected = open.filter(({ key }) => must.has(key) || given.has(key));
    for (const key of given) expect(urgentAbove(0)).toContain(key);
    expect(free.map(({ seq }) => seq)).toEqual(expected.map(({ seq }) => seq));
    expect(held.every(({ key }) => busy.has(key))).toBe(true);
    const taken = feed.claim(free, size);
    expect(taken.map(({ seq }) => seq)).toEqual(expected.slice(0, taken.length).map(({ seq }) => seq));
    expect(taken.length > 0).toBe(expected.length > 0);
    if (taken.length > 0) underWay = [...underWay, taken];
  }

  function release(which: number): void {
    const batch = underWay[which % underWay.length];
    if (batch === undefined) return;
    underWay = underWay.toSpliced(underWay.indexOf(batch), 1);
    for (const { key } of batch) unpark(key);
    feed.release(batch);
  }

  /** Only what is under way is parked. */
  function park(key: string): void {
    if (parked.has(key) || !underWay.flat().some((envelope) => envelope.key === key)) return;
    parked.add(key);
    feed.park(key);
  }

  function unpark(key: string): void {
    if (parked.delete(key)) feed.unpark(key);
  }

  function restart(): void {
    parked.clear();
    outbox.close();
    outbox = place.open();
    feed = subscribed();
    underWay = [];
  }

  function check(): void {
    const [lowest] = unfinished();
    while (feed.fill(1e6));
    expect(feed.position()).toBe(lowest === undefined ? last : lowest.seq - 1);
    expect(feed.left()).toBe(unfinished().length);
  }

  /** Brings what is left after a restart, and compares with what stands on disk; how many events were settled. */
  function finish(): number {
    restart();
    check();
    while (take({ maxEvents: 3, maxBytes: 1e9 }).length > 0) settle(0, false, false);
    restart();
    check();
    const rows = place.database().prepare("SELECT seq FROM delivery ORDER BY seq").all();
    expect(rows.map(({ seq }) => seq)).toEqual(wanted.map(({ seq }) => seq));
    return settled.length;
  }

  return { append, take, settle, claim, release, park, replay, restart, check, finish, wanted };
}

test(
  "every wanted event is settled once, in order within its key, and the position is below what is unfinished",
  { timeout: 60_000 },
  () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 40, size: "max" }), (actions) => {
        const model = createModel();
        for (const step of actions) {
          if (step.do === "append") model.append(step.events);
          else if (step.do === "take") model.take(step.size);
          else if (step.do === "settle") model.settle(step.which, step.some, step.dead);
          else if (step.do === "claim") model.claim(step.size);
          else if (step.do === "release") model.release(step.which);
          else if (step.do === "park") model.park(step.key);
          else if (step.do === "replay") model.replay(step.which);
          else model.restart();
          model.check();
        }
        expect(model.finish()).toBe(model.wanted.length);
      }),
      { numRuns: 80 },
    );
  },
);
