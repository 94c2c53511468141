import { MisconfiguredError } from "@forewarn/sdk";
import { describe, expect, test } from "vitest";
import { draft, drafts } from "../../outbox/fixtures/draft.ts";
import { createBench, type Delivery, saidOf } from "../fixtures/delivery.ts";
import { one, urgentDraft } from "../fixtures/urgent.ts";

const ids = ({ calls }: Delivery) => calls.flatMap((call) => call.ids);
const minute = 60_000;

describe("a paused sink", () => {
  test("is probed with the urgent event at once, and then every 10 s", async () => {
    const bench = createBench();
    const sink = bench.sink("a", { deliver: () => Promise.reject(new MisconfiguredError("no")), batch: one });
    await bench.append(draft("x"));
    await bench.clock.advance(5000);
    await bench.append(urgentDraft("u", 35_000));
    await bench.clock.advance(20_000);
    expect(sink.calls.map(({ at, ids: [id] }) => [at, id])).toEqual([
      [0, "x"],
      [5000, "u"],
      [15_000, "u"],
      [25_000, "u"],
    ]);
  });

  test("goes on with everything when the urgent event arrives", async () => {
    const bench = createBench();
    const sink = bench.sink("a", {
      deliver: () => bench.clock.monotonic() < 12_000 && Promise.reject(new MisconfiguredError("no")),
      batch: one,
      probe: () => Promise.reject(new MisconfiguredError("no")),
    });
    await bench.append(...drafts(3));
    await bench.append(urgentDraft("u", minute));
    await bench.clock.advance(20_000);
    expect(ids(sink)).toEqual(["e0", "u", "u", "u", "e0", "e1", "e2"]);
    expect(saidOf(sink, "sinkResumed")).toHaveLength(1);
  });
});
