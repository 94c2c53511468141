import { expect, test } from "vitest";
import { noon } from "./normalize/fixtures/entry.ts";
import { tellWatch } from "./told-watch.ts";
import { createVirtualClock } from "./time/virtual-clock.ts";

function begin(lastGoodBefore: number | null, known = Promise.resolve()) {
  const clock = createVirtualClock({ now: noon });
  const told: { readonly type: string; readonly data: unknown }[] = [];
  const watch = tellWatch({
    clock,
    identity: { known: () => known },
    source: { lastGoodBefore },
    record(drafts) {
      told.push(...drafts);
      return true;
    },
  });
  return { clock, told, watch };
}

test.each([
  [null, null, null],
  [noon - 90_000, "2026-11-22T11:58:30.000Z", 90_000],
  [noon + 1, "2026-11-22T12:00:00.001Z", null],
])("after a last good answer at %s: %s, %s ms ago", async (before, lastGoodPoll, gapMs) => {
  const { watch, told } = begin(before);
  await watch.begin(new AbortController().signal);
  expect(told).toMatchObject([{ type: "io.forewarn.agent.started", data: { lastGoodPoll, gapMs } }]);
});

test("the end is told once it was begun, with how long it was", async () => {
  const { watch, told, clock } = begin(null);
  await watch.begin(new AbortController().signal);
  await clock.advance(1500);
  watch.end();
  expect(told[1]).toMatchObject({ type: "io.forewarn.agent.stopped", data: { uptimeMs: 1500 } });
});

test("who is stopped before the VM is known tells neither", async () => {
  const known = Promise.withResolvers<void>();
  const { watch, told } = begin(null, known.promise);
  const stop = new AbortController();
  const begun = watch.begin(stop.signal);
  stop.abort();
  known.resolve();
  await begun;
  watch.end();
  expect(told).toEqual([]);
});
