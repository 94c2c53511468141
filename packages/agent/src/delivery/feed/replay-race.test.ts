import { defineSink, RejectError, type SinkContext, Type } from "@forewarn/sdk";
import { expect, onTestFinished, test } from "vitest";
import { systemClock } from "../../time/clock.ts";
import { silentLogger } from "../../logger.ts";
import { openArchive } from "../../outbox/archive/archive.ts";
import { startChild } from "../../outbox/fixtures/child.ts";
import { draft, observer } from "../../outbox/fixtures/draft.ts";
import { temporaryPlace } from "../../outbox/fixtures/place.ts";
import { createTelemetry } from "../../telemetry.ts";
import { createRedactor } from "../redact.ts";
import { createSubscription } from "../subscription.ts";

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Each event whose number ends with 0 is refused once; twice would be 20 in a row when they are replayed, and a pause. */
const refusals = 1;

test("replays of another process lose nothing and repeat nothing while the agent delivers under load", async () => {
  const place = temporaryPlace(systemClock);
  const outbox = place.open({ onError: () => {} });
  const seen = new Map<string, number>();
  const accepted: string[] = [];
  const wrong: string[] = [];
  const definition = defineSink({
    type: "test",
    summary: "Refuses some.",
    options: Type.Object({}),
    open: () => ({
      async deliver({ events: [event], replayed }) {
        const id = event?.id.replace(":scheduled", "") ?? "";
        const nth = (seen.get(id) ?? 0) + 1;
        seen.set(id, nth);
        if (replayed !== (nth > 1 ? true : undefined)) wrong.push(`${id} came as number ${nth}`);
        if (id.endsWith("0") && nth <= refusals) throw new RejectError("no");
        accepted.push(id);
      },
    }),
  });
  const subscription = createSubscription(
    {
      name: "a",
      definition,
      options: {},
      when: {},
      batch: { maxEvents: 1, maxBytes: 1e6, lingerMs: 0 },
      timeoutMs: 60_000,
      maxAgeMs: null,
      from: "start",
      concurrency: 4,
    },
    {
      clock: systemClock,
      outbox,
      telemetry: createTelemetry(),
      log: silentLogger,
      redact: createRedactor([]),
      random: Math.random,
      lend: {} as SinkContext,
    },
  );
  onTestFinished(async () => void (await subscription.stop(AbortSignal.abort())));
  subscription.start();
  const takeOver = () => outbox.marked() && subscription.replay();

  const child = startChild("replaying-process.ts", [place.directory, "800"]);
  await child.line();
  const ended = new AbortController();
  const replays = child.line().then((line) => {
    ended.abort();
    return Number(line);
  });
  let appended = 0;
  while (!ended.signal.aborted) {
    outbox.append(
      Array.from({ length: 20 }, () => draft(`e${appended++}`)),
      observer,
      {},
    );
    subscription.wake();
    takeOver();
    await pause(4);
  }
  expect(await replays).toBeGreaterThan(0);

  // What is still refused is replayed to the end.
  using archive = openArchive(place.directory, "write");
  for (const until = performance.now() + 15_000; performance.now() < until && accepted.length < appended;) {
    archive.replay({});
    takeOver();
    await pause(10);
  }
  const expected = Array.from({ length: appended }, (_, index) => `e${index}`);
  expect(accepted.toSorted()).toEqual(expected.toSorted());
  expect(wrong).toEqual([]);
  outbox.retain([]);
  expect(archive.letters({})).toEqual([]);
});
