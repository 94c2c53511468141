import type { Telemetry } from "@forewarn/agent";
import type { Logger } from "@forewarn/sdk";
import { EventEmitter } from "eventemitter3";
import { expect, test } from "vitest";
import { narrateImds } from "./narrate-imds.ts";

/** What is told at least at level info. */
function narrating() {
  const lines: string[] = [];
  const note = (level: string) => (message: string) => void lines.push(`${level} ${message}`);
  const log: Logger = { debug: () => {}, info: note("info"), warn: note("warn"), error: note("error") };
  const telemetry = new EventEmitter() as Telemetry;
  narrateImds(telemetry, log, false);
  let failures = 0;
  return {
    telemetry,
    lines,
    fail: (code: "not-json" | "timeout", times = 1) => {
      for (let n = 0; n < times; n++)
        telemetry.emit("pollFailed", { code, message: `it is ${code}.`, failures: ++failures });
    },
    recover: () => telemetry.emit("pollRecovered", { failures: failures, downMs: 9000 }),
  };
}

test("a streak is told once, each new class in it once, and at its end how many of each there were", () => {
  const { lines, fail, recover } = narrating();
  fail("not-json", 50);
  fail("timeout", 2);
  fail("not-json", 3);
  fail("timeout");
  recover();
  expect(lines).toEqual([
    "warn it is not-json. Trying again until it answers.",
    "warn IMDS fails in another way after 50 failed polls: it is timeout.",
    "info IMDS answers again after 56 failed polls in 9 s (not-json 53, timeout 3)",
  ]);
});

test("one failed poll is one", () => {
  const { lines, fail } = narrating();
  fail("not-json");
  fail("timeout");
  expect(lines.at(-1)).toContain("IMDS fails in another way after 1 failed poll: ");
  const short = narrating();
  short.fail("timeout");
  short.recover();
  expect(short.lines.at(-1)).toContain("IMDS answers again after 1 failed poll in ");
});

test("the next streak is told anew", () => {
  const { lines, fail, recover } = narrating();
  fail("timeout");
  recover();
  fail("timeout");
  recover();
  expect(lines.filter((line) => line.startsWith("info"))[1]).toContain("(timeout 1)");
});

test("an instance document that cannot be read is told while polls are well, and its end", () => {
  const { lines, telemetry } = narrating();
  const message = "the answer is no JSON.";
  for (let failures = 1; failures < 5; failures++)
    telemetry.emit("answerFailed", { endpoint: "instance", code: "not-json", message, failures });
  telemetry.emit("polled", { incarnation: 1, events: 0, ms: 1, partial: false });
  telemetry.emit("answersRecovered", { endpoint: "instance", failures: 4, downMs: 20_000 });
  expect(lines).toEqual([
    "warn the answer is no JSON. What was known of this VM stays.",
    "info IMDS answers: 0 scheduled events now",
    "info the instance document is read again after 4 failed requests in 20 s (not-json 4)",
  ]);
});

test("but where polls fail too one voice is enough, and a token is told by the sink that needs it", () => {
  const { lines, telemetry, fail, recover } = narrating();
  const answer = { code: "timeout", message: "no answer.", failures: 1 } as const;
  // Whichever comes first.
  telemetry.emit("answerFailed", { endpoint: "instance", ...answer });
  fail("timeout");
  telemetry.emit("answerFailed", { endpoint: "instance", ...answer });
  recover();
  telemetry.emit("answersRecovered", { endpoint: "instance", failures: 1, downMs: 1 });
  telemetry.emit("answerFailed", { endpoint: "identity", ...answer });
  telemetry.emit("answersRecovered", { endpoint: "identity", failures: 1, downMs: 1 });
  expect(lines).toHaveLength(2);
});

test("oddities of a document, and when there are none any more", () => {
  const { lines, telemetry } = narrating();
  telemetry.emit("documentWarning", "event 3: NotBefore is missing");
  telemetry.emit("documentsWhole", { documents: 12 });
  expect(lines).toEqual([
    "warn IMDS: event 3: NotBefore is missing",
    "info IMDS: nothing odd in the document any more, after 12 odd ones",
  ]);
});

test("until when an event that is missing is not taken to be over", () => {
  const { lines, telemetry } = narrating();
  telemetry.emit("absenceDoubted", { until: Date.UTC(2026, 10, 22, 12, 5) });
  expect(lines).toEqual([
    "info nothing was heard of IMDS for more than 24 h, or the clock was set: it may name its events late, so until 2026-11-22T12:05:00.000Z none that is missing is taken to be over",
  ]);
});
