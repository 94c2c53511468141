import type { Batch, ForewarnEvent } from "@forewarn/sdk";
import { type Chapter, must } from "../case.ts";
import { eventOfSize, sampleEvents, story, trickyEvent } from "../samples.ts";
import { alone, arrivedAt, broken, deliver, expectArrived, expectKind, expectSame } from "../verdict.ts";

/** 64 KiB, which consumers of CloudEvents should take (CloudEvents 1.0, "Size Limits"). */
const bigBytes = 65_536;

const hugeBytes = 2_000_000;

/** What holds while the destination takes everything. */
export const delivery: Chapter = {
  title: "deliver",
  cases: [
    must("resolves only when the destination has every event", [], async (bench) => {
      await deliver(await bench.rig(), story(1));
    }),

    must("keeps the order of events", [], async (bench) => {
      const rig = await bench.rig();
      const events = [...story(1), ...story(2)];
      await deliver(rig, events);
      const arrived = [...new Set(await arrivedAt(rig, events))];
      expectSame("the order of arrival", arrived, idsOf(events));
    }),

    must("delivers each event once where nothing fails", [], async (bench) => {
      const rig = await bench.rig();
      const events = story(1);
      await deliver(rig, events);
      const arrived = await arrivedAt(rig, events);
      expectSame("what arrived", arrived.toSorted(), idsOf(events).toSorted());
    }),

    must("takes every kind of event", [], async (bench) => {
      await deliver(await bench.rig(), sampleEvents);
    }),

    must("brings every character through", [], async (bench) => {
      await deliver(await bench.rig(), [trickyEvent(1)]);
    }),

    must("takes an event of 64 kB", ["big-events"], async (bench) => {
      await deliver(await bench.rig(), [eventOfSize(1, bigBytes)]);
    }),

    must("delivers or rejects an event of 2 MB, and does not try it for ever", [], async (bench) => {
      const rig = await bench.rig();
      const batch = alone(rig, eventOfSize(1, hugeBytes));
      const outcome = await rig.attempt(batch);
      if (outcome.kind === "delivered") return expectArrived(rig, batch.events);
      expectKind(outcome, ["reject", "partial"], "an event of 2 MB");
    }),

    must("changes nothing that it is given", [], async (bench) => {
      const rig = await bench.rig();
      const options = JSON.stringify(rig.options);
      for (const batch of rig.batches(story(1))) {
        const loose = thawed(batch);
        const before = JSON.stringify(loose);
        const outcome = await rig.attempt(loose);
        expectSame("the batch after deliver", JSON.parse(JSON.stringify(loose)), JSON.parse(before));
        expectKind(outcome, ["delivered"], "a batch that could be changed");
        expectKind(await rig.attempt(batch), ["delivered"], "a frozen batch");
      }
      expectSame("the options after deliver", JSON.stringify(rig.options), options);
    }),

    must("takes two deliveries at once, if it asks for them", [], async (bench) => {
      const rig = await bench.rig();
      if (rig.settings.concurrency === 1) bench.skip("its concurrency is 1");
      const [one, two] = [alone(rig, story(1)[0] as ForewarnEvent), alone(rig, story(2)[0] as ForewarnEvent)];
      const outcomes = await Promise.all([rig.attempt(one), rig.attempt(two)]);
      for (const outcome of outcomes) expectKind(outcome, ["delivered"], "two deliveries at once");
      await expectArrived(rig, [...one.events, ...two.events]);
    }),

    must("keeps two sinks of its kind apart", [], async (bench) => {
      const [mine, other] = [await bench.rig(), await bench.rig()];
      const [events, others] = [story(1), story(2)];
      await mine.sink();
      await other.sink();
      await deliver(mine, events);
      await deliver(other, others);
      const all = [...events, ...others];
      const strays = [
        ...(await arrivedAt(mine, all)).filter((id) => !events.some((event) => event.id === id)),
        ...(await arrivedAt(other, all)).filter((id) => !others.some((event) => event.id === id)),
      ];
      if (strays.length > 0) broken(`of two open sinks, one got the other's events: ${strays.join(", ")}`);
    }),

    must("delivers again what it has delivered before, if asked", [], async (bench) => {
      const rig = await bench.rig();
      const [event] = story(1) as [ForewarnEvent];
      await deliver(rig, [event]);
      await deliver(rig, [event]);
      const arrived = await arrivedAt(rig, [event]);
      if (arrived.length < 2) {
        broken(`a replayed event was swallowed: after two deliveries the destination has ${arrived.length}`);
      }
    }),
  ],
};

/** A batch that can be changed, unlike those of the agent: whoever tries in vain is found out too. */
function thawed({ id, attempt, encoded }: Batch): Batch {
  return {
    id,
    attempt,
    encoded: [...encoded],
    events: encoded.map((text) => JSON.parse(text) as ForewarnEvent),
  };
}

function idsOf(events: readonly ForewarnEvent[]): readonly string[] {
  return events.map(({ id }) => id);
}
