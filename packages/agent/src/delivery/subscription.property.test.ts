import { MisconfiguredError, PartialDeliveryError, RejectError, RetryError } from "@forewarn/sdk";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { draft, now } from "../outbox/fixtures/draft.ts";
import { type Call, createBench, never } from "./fixtures/delivery.ts";

const hour = 3_600_000;

/** What a call comes to; `partial` takes the first event and leaves the rest. */
const outcome = fc.constantFrom("deliver", "deliver", "retry", "crash", "reject", "partial", "wrong", "hang");

/** A sink that does these in turn, then works; `arrived` in the order of arrival. */
function moody(plan: readonly string[]) {
  const arrived: string[] = [];
  const underWay = new Set<string>();
  const overtaken: string[] = [];
  let turn = 0;

  async function settle({ ids }: Call, mood: string | undefined): Promise<void> {
    switch (mood) {
      case "retry":
        throw new RetryError("busy", { retryAfterMs: 1000 });
      case "crash":
        throw undefined;
      case "reject":
        throw new RejectError("no");
      case "wrong":
        throw new MisconfiguredError("no");
      case "hang":
        return never;
      case "partial":
        arrived.push(ids[0] as string);
        throw new PartialDeliveryError("some", { delivered: [0] });
    }
    arrived.push(...ids);
  }

  async function deliver(call: Call): Promise<void> {
    const keys = new Set(call.ids.map((id) => id.charAt(0)));
    for (const key of keys) if (underWay.has(key)) overtaken.push(key);
    const mood = plan[turn++];
    if (mood === "hang") return settle(call, mood);
    for (const key of keys) underWay.add(key);
    await Promise.resolve();
    for (const key of keys) underWay.delete(key);
    return settle(call, mood);
  }
  return { arrived, overtaken, deliver };
}

test("whatever a sink does, each event arrives once or is a dead letter, in order within its key", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.record({
          key: fc.constantFrom("a", "b", "c", "d"),
          urgentMs: fc.constantFrom(0, 0, 90_000, 300_000),
        }),
        {
          minLength: 1,
          maxLength: 40,
        },
      ),
      fc.array(outcome, { maxLength: 40 }),
      fc.record({ concurrency: fc.integer({ min: 1, max: 4 }), maxEvents: fc.integer({ min: 1, max: 8 }) }),
      fc.nat(39),
      async (stories, plan, { concurrency, maxEvents }, middle) => {
        const sink = moody(plan);
        const settings = {
          deliver: sink.deliver,
          concurrency,
          batch: { maxEvents, maxBytes: 1e9, lingerMs: 0 },
        };
        const events = stories.map(({ key, urgentMs }, index) =>
          draft(key, {
            id: `${key}${String(index).padStart(2, "0")}`,
            urgency: urgentMs === 0 ? null : { from: now + urgentMs / 3, deadline: now + urgentMs },
          }),
        );
        const before = createBench();
        before.sink("moody", settings);
        await before.append(...events.slice(0, middle));
        await before.clock.advance(60_000);
        const bench = await before.restart();
        const { subscription } = bench.sink("moody", settings);
        await bench.append(...events.slice(middle));
        for (let waited = 0; !subscription.idle() && waited < 100; waited++) await bench.clock.advance(hour);
        expect(await bench.end()).toMatchObject([{ left: 0 }]);

        const lines = await bench.settlements();
        expect(lines.map((line) => line.split(" ")[1])).toEqual(events.map(({ id }) => id));
        const delivered = lines
          .filter((line) => !line.endsWith("rejected"))
          .map((line) => line.split(" ")[1]);
        expect(sink.arrived.toSorted()).toEqual(delivered.toSorted());
        expect(sink.overtaken).toEqual([]);
        for (const key of "abcd") {
          const told = sink.arrived.filter((id) => id.startsWith(key));
          expect(told).toEqual(told.toSorted());
        }
      },
    ),
    { numRuns: 100 },
  );
});
