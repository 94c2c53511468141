import { expect, test } from "vitest";
import { createCaretaker } from "./caretaker.ts";
import { draft, now, observer, padding } from "./outbox/fixtures/draft.ts";
import { unlimited } from "./outbox/fixtures/limits.ts";
import { temporaryPlace } from "./outbox/fixtures/place.ts";
import { createTelemetry } from "./telemetry.ts";
import { createVirtualClock } from "./time/virtual-clock.ts";

/** A caretaker at work on an outbox that has room for three of the large events. */
function working() {
  const clock = createVirtualClock({ now });
  const outbox = temporaryPlace(clock).open({ limits: { ...unlimited, maxBytes: 1_000_000 } });
  outbox.subscribe("ops", "start");
  const telemetry = createTelemetry();
  const retained: unknown[] = [];
  telemetry.on("retained", (removed) => void retained.push(removed));
  const lost: (readonly number[])[] = [];
  let underWay: readonly number[] = [];
  const over = new AbortController();
  const caretaker = createCaretaker({
    outbox,
    record: () => true,
    telemetry,
    clock,
    sinks: () => ["ops"],
    underWay: () => underWay,
    wants: () => true,
    evicted: (places) => void lost.push(places.get("ops") ?? []),
    restored() {},
    marked() {},
    ticked() {},
  });
  const running = caretaker.run(over.signal);
  return {
    clock,
    retained,
    lost,
    append: (...names: readonly string[]) =>
      outbox
        .append(
          names.map((name) => draft(name, { data: padding(300_000) })),
          observer,
          {},
        )
        .map(({ seq }) => seq),
    send(places: readonly number[]) {
      underWay = places;
    },
    async end() {
      over.abort();
      await running;
    },
  };
}

test("the limits are applied a second after the outbox has grown past them, and who lost what is told", async () => {
  const { clock, retained, lost, append, end } = working();
  await clock.advance(0);
  const seqs = append("a", "b", "c", "d", "e");
  expect(retained).toEqual([]);
  await clock.advance(1000);
  expect(retained).toEqual([{ removed: 0, evicted: 2 }]);
  expect(lost).toEqual([seqs.slice(0, 2)]);
  await clock.advance(10_000);
  expect(retained).toHaveLength(1);
  await end();
});

test("what is being sent is spared", async () => {
  const { clock, lost, append, send, end } = working();
  await clock.advance(0);
  const seqs = append("a", "b", "c", "d", "e");
  send(seqs.slice(0, 1));
  await clock.advance(1000);
  expect(lost).toEqual([seqs.slice(1, 3)]);
  await end();
});
