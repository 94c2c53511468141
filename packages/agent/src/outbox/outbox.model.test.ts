import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { EventDraft } from "../normalize/draft.ts";
import type { Lifecycle } from "../normalize/lifecycle.ts";
import { createVirtualClock, type VirtualClock } from "../time/virtual-clock.ts";
import { createCrashPlace } from "./fixtures/crash-place.ts";
import { draft, now, observer, padding } from "./fixtures/draft.ts";
import { unlimited } from "./fixtures/limits.ts";
import { judgeRetention } from "./fixtures/judge-retention.ts";
import { createModel, type Fate, type Model } from "./fixtures/outbox-model.ts";
import type { Outbox, Remembered } from "./outbox.ts";

const sinks = ["a", "b"];
const minute = 60_000;
const tight = { retentionMs: minute, retentionBytes: 90_000, maxBytes: 110_000 };
const roomy = { ...unlimited, retentionMs: minute };

const appended = fc.record({
  do: fc.constant("append" as const),
  events: fc.array(
    fc.record({
      story: fc.constantFrom("x", "y", "z"),
      urgentInMs: fc.constantFrom(null, 0, 3000),
      bytes: fc.constantFrom(10, 10, 9000),
    }),
    { maxLength: 5 },
  ),
  gone: fc.boolean(),
});

const action = fc.oneof(
  { weight: 6, arbitrary: appended },
  { weight: 1, arbitrary: appended.map((append) => ({ ...append, do: "tear" as const })) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("subscribe" as const),
      sink: fc.constantFrom(...sinks),
      from: fc.constantFrom("now" as const, "start" as const),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("settle" as const),
      sink: fc.constantFrom(...sinks),
      /** Of what is open, which; the first ones, or others. */
      skip: fc.nat(2),
      count: fc.integer({ min: 1, max: 4 }),
      fate: fc.constantFrom<Fate>("delivered", "delivered", "delivered", "rejected"),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant("wait" as const), ms: fc.constantFrom(5, 2000, 2 * minute) }),
  },
  { weight: 2, arbitrary: fc.constant({ do: "retain" as const }) },
  { weight: 1, arbitrary: fc.constant({ do: "reopen" as const }) },
  { weight: 1, arbitrary: fc.constant({ do: "kill" as const }) },
);

function draftsOf(
  { events }: { readonly events: readonly { story: string; urgentInMs: number | null; bytes: number }[] },
  clock: VirtualClock,
): readonly EventDraft[] {
  return events.map(({ story, urgentInMs, bytes }) => {
    const from = clock.now() + (urgentInMs ?? 0);
    return draft(story, {
      time: clock.now(),
      data: padding(bytes),
      urgency: urgentInMs === null ? null : { from, deadline: from + 2000 },
    });
  });
}

/** Everything that can be asked of the outbox is what the model says. */
function compare(outbox: Outbox, model: Model, clock: VirtualClock): void {
  const seen = (events: readonly { readonly seq: number; readonly id: string; readonly key: string }[]) =>
    events.map(({ seq, id, key }) => `${seq} ${id} ${key}`);
  const { events, checkpoints } = model.content();
  expect(outbox.last()).toBe(model.last());
  expect(outbox.checkpoint("poll")).toBe(checkpoints.get("poll") ?? null);
  const known = [...outbox.lifecycles().values()].map(({ eventId }) => eventId).toSorted();
  expect(known).toEqual([...model.content().lifecycles.keys()].toSorted());
  const isUrgent = ({ urgency, evicted }: (typeof events)[number]) =>
    !evicted && urgency !== null && urgency.from <= clock.now() && clock.now() < urgency.deadline;
  if (events.some(isUrgent)) expect(outbox.urgency(clock.now()).open).toBe(true);
  for (const sink of sinks) {
    const middle = events[Math.floor(events.length / 2)]?.seq ?? 0;
    for (const after of [0, middle]) {
      const open = model.open(sink, after);
      const read = outbox.next(sink, after, 1000);
      expect(seen(read)).toEqual(seen(open));
      expect(read.every(({ intact, durable }) => intact && durable)).toBe(true);
      expect(seen(outbox.next(sink, after, 2))).toEqual(seen(open.slice(0, 2)));
      expect(outbox.pending(sink, after)).toBe(open.length);
      const keys = new Set(
        events.filter((event) => event.seq > after && isUrgent(event)).map(({ key }) => key),
      );
      const urgent = open.filter(({ key }) => keys.has(key));
      expect(seen(outbox.urgent(sink, after, clock.now(), 1000))).toEqual(seen(urgent));
      const span = { after: clock.now() - 2000, until: clock.now() };
      const missed = open.filter(
        ({ urgency }) => urgency !== null && urgency.deadline > span.after && urgency.deadline <= span.until,
      );
      expect(seen(outbox.missed(sink, after, span))).toEqual(seen(missed));
    }
  }
}

type Action = typeof action extends fc.Arbitrary<infer T> ? T : never;

/** How often something rare was tried. */
interface Seen {
  torn: number;
  evicted: number;
  removed: number;
}

/** Runs the outbox and the model beside each other. */
async function run(actions: readonly Action[], isTight: boolean, seen: Seen): Promise<void> {
  const clock = createVirtualClock({ now });
  const limits = isTight ? tight : roomy;
  const place = createCrashPlace(clock, limits);
  const model = createModel(clock.now() * 1000);
  const subscribed = new Set<string>();
  let poll = 0;

  function subscribe(sink: string, from: "now" | "start"): void {
    expect(place.outbox().subscribe(sink, from)).toBe(model.subscribe(sink, from));
    subscribed.add(sink);
  }

  function settle({ sink, skip, count, fate }: Extract<Action, { do: "settle" }>): void {
    const outbox = place.outbox();
    if (!subscribed.has(sink)) return;
    const open = model.open(sink, 0).filter(({ seq }) => !outbox.settling(sink, seq));
    const chosen = open.slice(skip, skip + count);
    const left = open.find((event) => !chosen.includes(event));
    const position = left === undefined ? model.last() : Math.min(left.seq - 1, model.last());
    const letter = { message: "", first: clock.now(), last: clock.now() };
    const dead = fate === "delivered" ? {} : { dead: { reason: fate, ...letter } };
    outbox.settle(
      sink,
      chosen.map(({ seq }) => ({ seq, at: clock.now(), attempts: 1, ...dead })),
      position,
    );
    for (const { seq } of chosen) expect(outbox.settling(sink, seq)).toBe(true);
    expect(outbox.positionOf(sink)).toBe(position);
    model.settle(
      sink,
      chosen.map(({ seq }) => ({ seq, fate })),
      position,
    );
  }

  function append(given: { readonly drafts: readonly EventDraft[]; readonly gone: boolean }): void {
    const lifecycle = { eventId: `story ${poll % 3}`, goneAt: given.gone ? clock.now() : null };
    const remembered: Remembered = { checkpoints: { poll }, lifecycles: [lifecycle as Lifecycle] };
    const stored = place.outbox().append(given.drafts, observer, remembered);
    const modelled = model.append(given.drafts, { poll, lifecycle });
    expect(stored.map(({ seq, id }) => [seq, id])).toEqual(modelled.map(({ seq, id }) => [seq, id]));
    poll++;
  }

  try {
    for (const step of actions) {
      switch (step.do) {
        case "append":
          append({ drafts: draftsOf(step, clock), gone: step.gone });
          break;
        case "tear": {
          const drafts = draftsOf(step, clock);
          const lifecycle = { eventId: `story ${poll % 3}`, goneAt: null };
          const remembered: Remembered = { checkpoints: { poll }, lifecycles: [lifecycle as Lifecycle] };
          const torn = place.tear(0.6, () => void place.outbox().append(drafts, observer, remembered));
          if (torn) {
            seen.torn++;
            model.kill();
            model.restart(clock.now() * 1000);
          } else model.append(drafts, { poll, lifecycle });
          poll++;
          break;
        }
        case "subscribe":
          subscribe(step.sink, step.from);
          break;
        case "settle":
          settle(step);
          break;
        case "wait":
          await clock.advance(step.ms);
          model.flush();
          break;
        case "retain": {
          model.flush();
          const told = place.outbox().retain([...subscribed]);
          seen.removed += told.removed;
          seen.evicted += told.evicted;
          judgeRetention({
            model,
            place,
            told,
            sinks: [...subscribed],
            before: clock.now() - limits.retentionMs,
            isTight,
          });
          break;
        }
        case "reopen":
          place.reopen();
          model.flush();
          model.restart(clock.now() * 1000);
          break;
        case "kill":
          place.kill();
          model.kill();
          model.restart(clock.now() * 1000);
          break;
      }
      compare(place.outbox(), model, clock);
    }
  } finally {
    place.remove();
  }
}

/** What is evicted needs a full outbox of events that no sink has got, which chance seldom makes. */
const overfull = [
  { do: "subscribe", sink: "a", from: "start" },
  ...Array.from({ length: 4 }, () => ({
    do: "append" as const,
    events: Array.from({ length: 5 }, () => ({
      story: "x" as const,
      urgentInMs: null,
      bytes: 9000 as const,
    })),
    gone: false,
  })),
  { do: "retain" },
  { do: "reopen" },
] as const;

test.each([
  ["without limits of size", false, 1200],
  ["with little room", true, 800],
] as const)(
  "%s the outbox does what a plain model does, whatever is appended, settled, removed, killed and torn",
  async (_, isTight, numRuns) => {
    const seen: Seen = { torn: 0, evicted: 0, removed: 0 };
    await fc.assert(
      fc.asyncProperty(fc.array(action, { minLength: 1, maxLength: 25 }), (actions) =>
        run(actions, isTight, seen),
      ),
      { numRuns, examples: [[[...overfull]]] as never },
    );
    expect(seen.torn).toBeGreaterThan(50);
    expect(seen.removed).toBeGreaterThan(50);
    expect(seen.evicted > 0).toBe(isTight);
  },
  180_000,
);
