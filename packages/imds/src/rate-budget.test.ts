import { expect, test } from "vitest";
import { rejectionOf, thrownBy } from "./fixtures/failures.ts";
import { startHttpServer } from "./fixtures/loopback-server.ts";
import scheduled from "./fixtures/scheduled-events.json" with { type: "json" };
import { clientOf } from "./fixtures/served-client.ts";
import { createSteppedClock, type SteppedClock } from "./fixtures/stepped-clock.ts";
import { createRateBudget, type RateBudgetOptions, type RequestKind } from "./rate-budget.ts";

/** A budget, and when each request was let through, by what it is for. */
const begin = (options: Omit<RateBudgetOptions, "clock"> = {}) => {
  const clock = createSteppedClock();
  const budget = createRateBudget({ random: () => 0, ...options, clock });
  const sent: (readonly [RequestKind, number])[] = [];
  const ask = (kind: RequestKind, signal?: AbortSignal): void => {
    void budget.take(kind, signal ? [signal] : []).then((go) => go && sent.push([kind, clock.monotonic()]));
  };
  const sentOf = (kind: (kind: RequestKind) => boolean, before: number): readonly number[] =>
    sent.filter(([each, at]) => kind(each) && at < before).map(([, at]) => at);
  return { clock, budget, sent, sentOf, ask };
};

const isPoll = (kind: RequestKind): boolean => kind === "poll";
const isOther = (kind: RequestKind): boolean => kind !== "poll";

const untilMs = async (clock: SteppedClock, ms: number, each: (now: number) => void): Promise<void> => {
  for (; clock.monotonic() < ms; await clock.advance(10)) each(clock.monotonic());
};

test("a poll each second is never a moment late, however much else is asked for; in no second are there more than two", async () => {
  const { clock, sent, sentOf, ask } = begin();
  await untilMs(clock, 20_000, (now) => {
    for (const kind of ["other", "instance", "token", "approval"] as const) if (now % 70 === 0) ask(kind);
    if (now % 1000 === 0) ask("poll");
  });
  expect(sentOf(isPoll, 20_000)).toEqual(Array.from({ length: 20 }, (_, n) => n * 1000));
  for (const [, from] of sent) {
    expect(sent.filter(([, at]) => at >= from && at < from + 1000).length).toBeLessThanOrEqual(2);
  }
  // The share that polls leave is used.
  expect(sentOf(isOther, 20_000)).toHaveLength(20);
});

test("what waits goes by kind, then by age", async () => {
  const { clock, sent, ask } = begin();
  for (const kind of ["instance", "other", "instance", "token", "approval"] as const) ask(kind);
  await clock.advance(10_000);
  expect(sent).toEqual([
    ["instance", 0],
    ["approval", 1000],
    ["token", 2000],
    ["instance", 3000],
    ["other", 4000],
  ]);
});

test("polls that come faster wait for each other alone, and faster ones can be given room", async () => {
  const slow = begin();
  const roomy = begin({ perSecond: 11, reserved: 10 });
  for (const { clock, ask } of [slow, roomy]) {
    await untilMs(clock, 3000, (now) => {
      ask("instance");
      if (now % 100 === 0) ask("poll");
    });
  }
  expect(slow.sentOf(isPoll, 3000)).toHaveLength(6);
  expect(roomy.sentOf(isPoll, 3000)).toHaveLength(30);
  expect(roomy.sentOf(isOther, 3000)).toHaveLength(3);
});

test("who is throttled rests, twice as long each time, or as long as IMDS says; polls go on", async () => {
  const { clock, budget, sent, ask } = begin();
  const restOf = async (retryAfterMs?: number): Promise<number> => {
    budget.throttled(retryAfterMs);
    budget.throttled(retryAfterMs);
    const from = clock.monotonic();
    ask("token");
    ask("poll");
    await clock.advance(40_000 - (clock.monotonic() % 40_000));
    expect(sent.splice(0, 1)).toEqual([["poll", from]]);
    const [, at] = sent.splice(0, 1)[0] ?? ["", Number.NaN];
    return at - from;
  };
  expect(await restOf()).toBe(1000);
  expect(await restOf(20_000)).toBe(20_000);
  expect(await restOf(3_600_000)).toBe(30_000);
  const again = begin();
  again.ask("instance");
  for (let n = 0; n < 6; n += 1) {
    again.budget.throttled();
    again.ask("instance");
    await clock.advance(1);
    while (again.sent.length < n + 2) await again.clock.advance(10);
  }
  expect(again.sent.map(([, at]) => at)).toEqual([0, 1000, 3000, 7000, 15_000, 31_000, 61_000]);
});

test("who gives up leaves the queue at once and uses nothing", async () => {
  const { clock, sent, ask, budget } = begin();
  const controller = new AbortController();
  ask("instance");
  const given = budget.take("token", [new AbortController().signal, controller.signal]);
  ask("other");
  controller.abort();
  expect(await given).toBe(false);
  expect(await budget.take("poll", [controller.signal])).toBe(false);
  await clock.advance(1000);
  expect(sent).toEqual([
    ["instance", 0],
    ["other", 1000],
  ]);
  expect(clock.sleeping()).toBe(0);
});

test.each([
  { perSecond: 1 },
  { perSecond: 0 },
  { perSecond: 2.5 },
  { perSecond: 3, reserved: 3 },
  { reserved: 0 },
])("%j leaves nothing for one of both, and is refused", (options) => {
  expect(thrownBy(() => begin(options))).toMatchObject({ code: "invalid-argument" });
});

test("clients that share a budget share it on the wire; a poll passes both", async () => {
  const { clock, budget } = begin();
  const server = await startHttpServer(({ url }) => ({
    body: url.pathname.endsWith("/versions") ? { apiVersions: [] } : scheduled.empty,
  }));
  const [one, other] = [clientOf(server.endpoint, { budget }), clientOf(server.endpoint, { budget })];
  await one.versions();
  const waiting = [one.versions(), other.versions()];
  await one.scheduledEvents();
  const paths = () => server.received.map(({ url }) => url.pathname.slice(10));
  expect(paths()).toEqual(["versions", "scheduledevents"]);
  await clock.advance(1000);
  await waiting[0];
  await clock.advance(1000);
  await waiting[1];
  expect(paths()).toEqual(["versions", "scheduledevents", "versions", "versions"]);
});

test("a signal and `close` end the wait for a turn", async () => {
  const { budget } = begin();
  const server = await startHttpServer(() => ({ body: { apiVersions: [] } }));
  const client = clientOf(server.endpoint, { budget });
  await client.versions();
  const controller = new AbortController();
  const given = rejectionOf(client.versions({ signal: controller.signal }));
  controller.abort("enough");
  expect(await given).toMatchObject({ code: "aborted", cause: "enough" });
  const closed = rejectionOf(client.versions());
  client.close();
  expect(await closed).toMatchObject({ code: "aborted" });
  expect(server.received).toHaveLength(1);
});

test("a 429 makes metadata rest, not polls", async () => {
  const { clock, budget } = begin();
  const server = await startHttpServer(() =>
    server.received.length === 1
      ? { status: 429, headers: { "retry-after": "7" } }
      : { body: scheduled.empty },
  );
  const client = clientOf(server.endpoint, { budget });
  expect(await rejectionOf(client.scheduledEvents())).toMatchObject({
    code: "throttled",
    retryAfterMs: 7000,
  });
  const metadata = client.versions().catch((error: unknown) => error);
  await clock.advance(6999);
  await client.scheduledEvents();
  expect(server.received.map(({ url }) => url.pathname)).not.toContain("/metadata/versions");
  await clock.advance(1);
  expect(await metadata).toMatchObject({ code: "wrong-shape" });
});
