import { RetryError } from "@forewarn/sdk";
import { describe, expect, test } from "vitest";
import { draft, drafts, now, observer } from "../../outbox/fixtures/draft.ts";
import {
  type Bench,
  type Call,
  createBench,
  type Delivery,
  never,
  obey,
  saidOf,
} from "../fixtures/delivery.ts";
import { one, urgentDraft } from "../fixtures/urgent.ts";

const ids = ({ calls }: Delivery) => calls.flatMap((call) => call.ids);
const minute = 60_000;

/** Lets a sink read its first pages, which takes turns but no time. */
async function read(bench: Bench): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await bench.clock.advance(0);
}

describe("an urgent event", () => {
  test("passes a backlog of any length", async () => {
    const bench = createBench();
    bench.outbox.append(drafts(20_000), observer, {});
    const sink = bench.sink("a", { batch: one, deliver: () => bench.clock.sleep(20) });
    await read(bench);
    await bench.clock.advance(50);
    await bench.append(urgentDraft("u", minute));
    await bench.clock.advance(50);
    expect(ids(sink).slice(0, 5)).toEqual(["e0", "e1", "e2", "u", "e3"]);
  });

  test("takes the earlier events of its story along, in order, and nothing else", async () => {
    const bench = createBench();
    bench.outbox.append(
      [...drafts(3000), draft("u", { id: "u1" }), ...drafts(100, { subject: "z" })],
      observer,
      {},
    );
    const sink = bench.sink("a", { batch: { ...one, maxEvents: 10 }, deliver: () => bench.clock.sleep(20) });
    await read(bench);
    await bench.clock.advance(5);
    await bench.append(urgentDraft("u", minute, { id: "u2" }));
    await bench.clock.advance(15);
    expect(sink.calls[1]?.ids).toEqual(["u1", "u2"]);
  });

  test("is delivered once, and so is everything that it passed", async () => {
    const bench = createBench();
    bench.outbox.append(drafts(2500), observer, {});
    const sink = bench.sink("a", { batch: { ...one, maxEvents: 100 }, deliver: () => bench.clock.sleep(5) });
    await bench.append(urgentDraft("u", minute, { id: "u1" }));
    await bench.append(draft("u", { id: "u2" }));
    for (let turn = 0; turn < 10; turn++) await bench.clock.advance(minute / 10);
    expect(ids(sink)).toHaveLength(2502);
    expect(new Set(ids(sink)).size).toBe(2502);
    expect(await bench.end()).toMatchObject([{ delivered: 2502, left: 0 }]);
  });

  test("waits for no linger, and ends that of others", async () => {
    const bench = createBench();
    const sink = bench.sink("a", { batch: { maxEvents: 10, maxBytes: 1e9, lingerMs: 5000 } });
    await bench.append(draft("x"));
    await bench.clock.advance(100);
    expect(sink.calls).toEqual([]);
    await bench.append(urgentDraft("u", minute));
    expect(sink.calls[0]?.ids).toEqual(["u"]);
  });

  test("becomes urgent when its time comes, without another event", async () => {
    const bench = createBench();
    const sink = bench.sink("a", {
      deliver: (_, nth) => nth === 1 && Promise.reject(new RetryError("no")),
      batch: one,
    });
    await bench.append(draft("x"));
    sink.calls.length = 0;
    await bench.append(draft("u", { urgency: { from: now + 100, deadline: now + minute } }));
    await bench.clock.advance(99);
    expect(ids(sink)).toEqual([]);
    await bench.clock.advance(1);
    expect(ids(sink)[0]).toBe("u");
  });
});

describe("what stands in an urgent event's way", () => {
  test("a batch in backoff is dissolved", async () => {
    const bench = createBench();
    const sink = bench.sink("a", {
      deliver: ({ ids: [id] }) =>
        id !== "u" && bench.clock.monotonic() < minute && Promise.reject(new Error("no")),
    });
    await bench.append(...drafts(3));
    await bench.clock.advance(20_000);
    const before = sink.calls.length;
    await bench.append(urgentDraft("u", minute));
    expect(sink.calls[before]?.ids).toEqual(["u"]);
    await bench.clock.advance(2 * minute);
    expect(await bench.end()).toMatchObject([{ delivered: 4, left: 0 }]);
  });

  test("a batch in backoff that holds its story's beginning is cut anew", async () => {
    const bench = createBench();
    const sink = bench.sink("a", { deliver: (_, nth) => nth === 1 && Promise.reject(new Error("no")) });
    await bench.append(draft("x"), draft("u", { id: "u1" }), draft("y"));
    await bench.append(urgentDraft("u", minute, { id: "u2" }));
    expect(sink.calls.slice(1).map((call) => call.ids)).toEqual([
      ["u1", "u2"],
      ["x", "y"],
    ]);
  });

  test("an attempt in flight gets 1 s more, and counts as no failure of the sink", async () => {
    const bench = createBench();
    const sink = bench.sink("a", {
      deliver: ({ signal, ids: [id] }) => id === "x" && obey(signal),
      batch: one,
    });
    await bench.append(draft("x"));
    await bench.clock.advance(5000);
    await bench.append(urgentDraft("u", minute));
    await bench.clock.advance(999);
    expect(ids(sink)).toEqual(["x"]);
    await bench.clock.advance(1);
    expect(ids(sink)).toEqual(["x", "u", "x"]);
    expect(sink.calls[0]?.signal.reason).toEqual(new Error("cut short for an urgent event"));
    expect(saidOf(sink, "deliveryFailed")).toEqual([]);
  });

  test("an attempt that does not end when it is cut short is given up 1 s later", async () => {
    const bench = createBench();
    const sink = bench.sink("a", { deliver: (_, nth) => nth === 1 && never, batch: one });
    await bench.append(draft("x"));
    await bench.append(urgentDraft("u", minute));
    await bench.clock.advance(2000);
    expect(ids(sink).slice(0, 2)).toEqual(["x", "u"]);
  });

  test("an attempt in flight goes on where another lane is free", async () => {
    const bench = createBench();
    const sink = bench.sink("a", {
      deliver: ({ signal, ids: [id] }) => id === "x" && obey(signal),
      batch: one,
      concurrency: 2,
    });
    await bench.append(draft("x"));
    await bench.append(urgentDraft("u", minute));
    await bench.clock.advance(10_000);
    expect([ids(sink), sink.calls[0]?.signal.aborted]).toEqual([["x", "u"], false]);
  });

  test("also while the urgent event itself is under way, whatever else comes", async () => {
    const bench = createBench();
    const sink = bench.sink("a", { deliver: ({ signal }) => obey(signal), batch: one, concurrency: 3 });
    await bench.append(draft("x"));
    await bench.append(urgentDraft("u", 10 * minute));
    await bench.append(draft("y"));
    await bench.clock.advance(10_000);
    expect([ids(sink), sink.calls.map(({ signal }) => signal.aborted)]).toEqual([
      ["x", "u", "y"],
      [false, false, false],
    ]);
  });

  test("its own story in flight is cut short, whatever lanes are free: within a story nothing overtakes", async () => {
    const bench = createBench();
    const sink = bench.sink("a", {
      deliver: ({ signal }, nth) => nth === 1 && obey(signal),
      batch: one,
      concurrency: 4,
    });
    await bench.append(draft("u", { id: "u1" }));
    await bench.append(draft("u", { id: "u2" }), urgentDraft("u", minute, { id: "u3" }));
    await bench.clock.advance(1000);
    expect(ids(sink)).toEqual(["u1", "u1", "u2", "u3"]);
  });

  test("a Retry-After is obeyed all the same", async () => {
    const bench = createBench();
    const sink = bench.sink("a", {
      deliver: (_, nth) => nth === 1 && Promise.reject(new RetryError("busy", { retryAfterMs: 20_000 })),
      batch: one,
    });
    await bench.append(draft("x"));
    await bench.append(urgentDraft("u", minute));
    await bench.clock.advance(19_999);
    expect(ids(sink)).toEqual(["x"]);
    await bench.clock.advance(1);
    expect(ids(sink)).toEqual(["x", "u", "x"]);
  });
});

describe("an urgent attempt", () => {
  const timeouts = (calls: readonly Call[]) => calls.map(({ at }) => at);

  test.each([
    [90_000, 15_000],
    [30_000, 10_000],
    [6000, 2000],
    [1500, 1000],
  ])("with %d ms left may take %d ms", async (left, timeout) => {
    const bench = createBench();
    const sink = bench.sink("a", { deliver: ({ signal }) => obey(signal), batch: one });
    await bench.append(urgentDraft("u", left));
    await bench.clock.advance(timeout - 1);
    expect(sink.calls[0]?.signal.aborted).toBe(false);
    await bench.clock.advance(1);
    expect(sink.calls[0]?.signal.aborted).toBe(true);
  });

  test("that fails is repeated within a second, until the deadline; then it is ordinary again, and late", async () => {
    const bench = createBench();
    const sink = bench.sink("a", { deliver: () => Promise.reject(new Error("no")), batch: one });
    await bench.append(urgentDraft("u", 20_000));
    await bench.clock.advance(20_000);
    const waits = timeouts(sink.calls).map((at, index, all) => at - (all[index - 1] ?? 0));
    expect(Math.max(...waits.slice(1))).toBe(500);
    expect(sink.calls.at(-1)?.batch.late).toBeUndefined();
    sink.calls.length = 0;
    await bench.clock.advance(10 * minute);
    expect(sink.calls.length).toBeLessThan(40);
    expect(sink.calls.at(-1)?.batch.late).toBe(true);
  });

  test("another story goes on while one fails", async () => {
    const bench = createBench();
    const sink = bench.sink("a", {
      deliver: ({ ids: [id] }) => id === "u" && Promise.reject(new Error("no")),
      batch: one,
    });
    await bench.append(urgentDraft("u", minute));
    await bench.append(urgentDraft("v", minute));
    expect(ids(sink)).toContain("v");
  });
});

describe("a deadline that is missed", () => {
  test("is told once, for what the sink wants and has not got", async () => {
    const bench = createBench();
    const sink = bench.sink("a", {
      when: { scope: "self" },
      deliver: ({ ids: [id] }) => id !== "well" && Promise.reject(new Error("no")),
      batch: one,
    });
    await bench.append(urgentDraft("well", 5000));
    await bench.append(urgentDraft("u", 5000), urgentDraft("other", 5000, { affectsSelf: false }));
    await bench.clock.advance(4999);
    expect(saidOf(sink, "deadlineMissed")).toEqual([]);
    await bench.clock.advance(minute);
    expect(saidOf(sink, "deadlineMissed")).toEqual([{ what: "deadlineMissed", ids: ["u"] }]);
  });
});

test("a sink of urgency: order has its backlog passed, but no attempt shortened or cut", async () => {
  const bench = createBench();
  const sink = bench.sink("a", {
    order: true,
    deliver: ({ ids: [id], signal }) => (id === "x" ? bench.clock.sleep(10_000) : obey(signal)),
    batch: one,
  });
  await bench.append(draft("x"), ...drafts(3));
  await bench.append(urgentDraft("u", 30_000));
  await bench.clock.advance(9999);
  expect([ids(sink), sink.calls[0]?.signal.aborted]).toEqual([["x"], false]);
  await bench.clock.advance(15_000);
  expect([ids(sink), sink.calls[1]?.signal.aborted]).toEqual([["x", "u"], false]);
  await bench.clock.advance(1);
  expect(sink.calls[1]?.signal.aborted).toBe(true);
});
