import { ImdsError, type ImdsErrorCode, type InstanceDocument } from "@forewarn/imds";
import type { ScheduledEventEntry, ScheduledEventsDocument } from "@forewarn/imds";
import { expect, test } from "vitest";
import { createVirtualClock } from "../../../../agent/src/time/virtual-clock.ts";
import { entryOf, nineOClock } from "../../fixtures/entries.ts";
import { type Watching, watchEvents } from "./watch-events.ts";

type Answer = readonly ScheduledEventEntry[] | ImdsErrorCode | { readonly partial: true };

/** A watch on a clock of its own, at an IMDS that gives these answers, the last one for ever. */
function watching(answers: readonly Answer[], { slowMs = 0, name = "web-01" as string | null } = {}) {
  const clock = createVirtualClock({ now: nineOClock });
  const ending = new AbortController();
  const asked: number[] = [];
  const named: number[] = [];
  const told: string[] = [];
  const client: Watching["client"] = {
    async scheduledEvents() {
      const answer = answers[Math.min(asked.length, answers.length - 1)] ?? [];
      asked.push(clock.now() - nineOClock);
      if (slowMs > 0) await clock.sleep(slowMs);
      if (typeof answer === "string") throw errorOf(answer);
      return documentOf(answer);
    },
    instance: (() => {
      named.push(clock.now() - nineOClock);
      if (name === null) throw errorOf("timeout");
      return Promise.resolve({ compute: { name } } as InstanceDocument);
    }) as Watching["client"]["instance"],
  };
  const screen: Watching["screen"] = {
    asking() {},
    seen: ({ entries, ownName }, changes) =>
      told.push(`${ownName}: ${entries.length}, ${changes.map(({ change }) => change).join(" ")}`),
    failed: ({ code }, _, since) => told.push(`${code} since ${since - nineOClock}`),
    recovered: (_, afterMs) => told.push(`recovered after ${afterMs}`),
    end: () => told.push("end"),
  };
  const code = watchEvents({ client, clock, screen, signal: ending.signal });
  return {
    asked,
    named,
    told,
    code,
    advance: clock.advance,
    end: () => ending.abort(),
    sleeping: clock.sleeping,
  };
}

const errorOf = (code: ImdsErrorCode) =>
  new ImdsError(code, { code, path: "", retryable: code !== "forbidden" && code !== "not-json" });

function documentOf(answer: Exclude<Answer, string>): ScheduledEventsDocument {
  const partial = "partial" in answer;
  return { incarnation: 1, events: partial ? [] : answer, partial, warnings: [] };
}

test("asks once a second, and not sooner after a slow answer than that", async () => {
  const quick = watching([[]]);
  await quick.advance(3500);
  expect(quick.asked).toEqual([0, 1000, 2000, 3000]);
  expect(quick.named).toEqual([0]);
  quick.end();
  expect(await quick.code).toBe(0);
  const slow = watching([[]], { slowMs: 1700 });
  await slow.advance(5000);
  expect(slow.asked).toEqual([0, 1701, 3402]);
  slow.end();
});

test("tells what changes, and ends at once when it is told to", async () => {
  const watch = watching([[], [entryOf()], [entryOf()], [entryOf({ eventStatus: "Started" })], []]);
  await watch.advance(4500);
  watch.end();
  expect(await watch.code).toBe(0);
  expect(watch.told).toEqual([
    "web-01: 0, ",
    "web-01: 1, appeared",
    "web-01: 1, ",
    "web-01: 1, changed",
    "web-01: 0, gone",
    "end",
  ]);
  expect(watch.sleeping()).toBe(0);
});

test("a bad answer changes nothing that is known, and slows the asking down (pitfalls 12, 14, 16, 40)", async () => {
  const bad = ["gone", "not-json", "throttled", "server-error", "timeout"] as const;
  const watch = watching([[entryOf()], ...bad, [entryOf()]]);
  await watch.advance(60_000);
  watch.end();
  await watch.code;
  expect(watch.asked.slice(0, 8)).toEqual([0, 1000, 2000, 4000, 8000, 13_000, 18_000, 19_000]);
  expect(watch.told.slice(0, 8)).toEqual([
    "web-01: 1, present",
    ...bad.map((code) => `${code} since 1000`),
    "recovered after 17000",
    "web-01: 1, ",
  ]);
});

test("an entry that cannot be read may be the one that is missing: it is not gone", async () => {
  const watch = watching([[entryOf()], { partial: true }, []]);
  await watch.advance(2500);
  watch.end();
  expect(watch.told.slice(0, 3)).toEqual(["web-01: 1, present", "web-01: 1, ", "web-01: 0, gone"]);
});

test("waits for a first answer that may come, and gives up where none will", async () => {
  const early = watching(["timeout", []]);
  await early.advance(1500);
  early.end();
  await early.code;
  expect(early.told).toEqual(["timeout since 0", "recovered after 1000", "web-01: 0, ", "end"]);
  const denied = watching(["forbidden"]);
  await expect(denied.code).rejects.toThrow("forbidden");
  expect(denied.told).toEqual(["end"]);
});

test("a VM that does not tell its name is asked for it every ten seconds, and watched all the same", async () => {
  const watch = watching([[entryOf()]], { name: null });
  await watch.advance(20_500);
  watch.end();
  expect(watch.named).toEqual([0, 10_000, 20_000]);
  expect(watch.told[0]).toBe("null: 1, present");
});
