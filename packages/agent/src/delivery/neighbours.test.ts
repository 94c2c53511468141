import { MisconfiguredError, PartialDeliveryError, RejectError, RetryError } from "@forewarn/sdk";
import { describe, expect, test } from "vitest";
import { draft, drafts, now, observer } from "../outbox/fixtures/draft.ts";
import { type Call, createBench, never, saidOf } from "./fixtures/delivery.ts";

const one = { maxEvents: 1, maxBytes: 1e9, lingerMs: 0 };
const hour = 3_600_000;

describe("a sink that does not work", () => {
  test.each<[string, (call: Call) => unknown]>([
    ["hangs", () => never],
    ["fails", () => Promise.reject(new Error("no"))],
    ["is busy", () => Promise.reject(new RetryError("busy", { retryAfterMs: hour }))],
    ["is misconfigured", () => Promise.reject(new MisconfiguredError("no"))],
    ["refuses", () => Promise.reject(new RejectError("no"))],
    [
      "throws at once",
      () => {
        throw null;
      },
    ],
  ])("and %s delays no other", async (_, deliver) => {
    const bench = createBench();
    bench.sink("broken", { deliver, batch: one });
    const well = bench.sink("well", { batch: one });
    for (let n = 0; n < 5; n++) {
      await bench.append(...drafts(5, { id: `e${n}` }));
      expect(well.calls).toHaveLength(5 * (n + 1));
      await bench.clock.advance(1000);
    }
    expect(well.subscription.idle()).toBe(true);
  });

  test("and cannot be opened delays no other", async () => {
    const bench = createBench();
    bench.sink("hung", { opening: () => never });
    bench.sink("broken", { opening: () => Promise.reject(new MisconfiguredError("no")) });
    const well = bench.sink("well");
    await bench.append(draft("x"));
    expect(saidOf(well, "delivered")).toMatchObject([{ ids: ["x"] }]);
  });
});

describe("maxAge", () => {
  test("makes dead letters of what is older, also while it is tried", async () => {
    const bench = createBench();
    const sink = bench.sink("a", {
      deliver: () => bench.clock.monotonic() < 2 * hour && Promise.reject(new Error("no")),
      maxAgeMs: hour,
      batch: { ...one, maxEvents: 2 },
    });
    await bench.append(
      draft("old", { time: now - hour - 1 }),
      draft("aged", { time: now - hour + 60_000 }),
      draft("young", { time: now + 2 * hour }),
    );
    expect(saidOf(sink, "deadLettered").map(({ ids }) => ids)).toEqual([["old"]]);
    expect(sink.calls.map(({ ids }) => ids)).toEqual([["aged"]]);
    await bench.clock.advance(2 * hour);
    expect(saidOf(sink, "deadLettered")[1]).toEqual({
      what: "deadLettered",
      reason: "expired",
      message: "older than maxAge (1 h)",
      ids: ["aged"],
    });
    expect(saidOf(sink, "delivered")).toEqual([]);
    await bench.clock.advance(60_000);
    expect(await bench.settlements()).toEqual(["a: old expired", "a: aged expired", "a: young"]);
  });

  test("is by default without end", async () => {
    const bench = createBench();
    const sink = bench.sink("a");
    await bench.append(draft("x", { time: 0 }));
    expect(sink.calls).toHaveLength(1);
  });
});

describe("an event that is damaged on disk", () => {
  test.each([{}, { scope: "self" as const }, { minSeverity: "warn" as const }])(
    "becomes a dead letter, and holds up nothing, with %j",
    async (when) => {
      const bench = createBench();
      bench.outbox.append(drafts(3), observer, {});
      bench.place.database().exec("UPDATE event SET json = substr(json, 2) WHERE id = 'e1:scheduled'");
      const sink = bench.sink("a", { when });
      await bench.append(draft("later"));
      expect(saidOf(sink, "delivered").flatMap(({ ids }) => ids)).toEqual(["e0", "e2", "later"]);
      expect(saidOf(sink, "deadLettered")).toMatchObject([{ reason: "corrupt", ids: ["e1"] }]);
    },
  );
});

describe("an outbox that cannot be read", () => {
  test("is told of and tried again, and the agent lives", async () => {
    const bench = createBench();
    const sink = bench.sink("a");
    await bench.clock.advance(0);
    const database = bench.place.database();
    await bench.append(draft("x"));
    database.exec("ALTER TABLE event RENAME COLUMN json TO away");
    bench.sink("b");
    await bench.clock.advance(0);
    expect(saidOf(sink, "stateFailed")).toMatchObject([{ doing: "reading events" }]);
    database.exec("ALTER TABLE event RENAME COLUMN away TO json");
    await bench.clock.advance(5000);
    await bench.append(draft("y"));
    expect(sink.calls.map(({ ids }) => ids)).toEqual([["x"], ["y"]]);
    expect(await bench.end()).toMatchObject([{ delivered: 2 }, { delivered: 2 }]);
  });
});

describe("secrets", () => {
  const secret = "https://hooks.example.com/services/T0/B0/hunter2";
  const leak = `cannot POST ${secret} nor /services/T0/B0/hunter2`;
  const clean = "cannot POST [redacted] nor [redacted]";

  test.each<[string, () => unknown]>([
    ["deliveryFailed", () => new RetryError(leak)],
    ["sinkPaused", () => new MisconfiguredError(leak)],
    ["deadLettered", () => new RejectError(leak)],
    [
      "deadLettered",
      () => new PartialDeliveryError("x", { delivered: [], rejected: [{ index: 0, reason: leak }] }),
    ],
  ])("are not seen in %s", async (what, error) => {
    const bench = createBench();
    const sink = bench.sink("a", { deliver: () => Promise.reject(error()), secrets: [secret] });
    await bench.append(draft("x"));
    expect(saidOf(sink, what)).toMatchObject([{ message: clean }]);
    expect(JSON.stringify(sink.told)).not.toContain("hunter2");
  });

  test("are not seen in dead letters, not even where the excerpt is cut in the middle of one", async () => {
    const bench = createBench();
    const excerpt = `${"x".repeat(2000 - 20)}${secret}`;
    const sink = bench.sink("a", {
      deliver: () => Promise.reject(new RejectError(leak, { excerpt })),
      secrets: [secret],
    });
    await bench.append(draft("x"));
    await bench.end();
    expect(sink.calls).toHaveLength(1);
    const row = bench.place.database().prepare("SELECT dead FROM delivery").get();
    const letter = JSON.parse(String(row?.["dead"])) as { message: string; excerpt: string };
    expect(letter.message).toBe(clean);
    expect(letter.excerpt).toBe(`${"x".repeat(1980)}[redacted]`);
  });
});
