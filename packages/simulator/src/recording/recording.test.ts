import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";

import type { ScheduledEventsDocument } from "../events/scheduled-event.ts";
import { runSimulator } from "../run-simulator.ts";
import type { SimulatedVm } from "../simulator-api.ts";
import { startSimulator } from "../start-simulator.ts";
import { ask, EVENTS } from "../testing/ask.ts";
import type { SimulatorClock } from "../time/clock.ts";
import { createManualClock } from "../time/manual-clock.ts";
import { parseRecording } from "./parse-recording.ts";
import { readRecording } from "./read-recording.ts";
import { record } from "./record.ts";
import type { Recording } from "./recording.ts";
import { replayOf } from "./replay-of.ts";

const TAGS = "/metadata/instance/compute/tags?api-version=2021-02-01&format=text";
const START = Date.parse("2026-04-11T22:12:00Z");

/** Records so many seconds of a VM on a manual clock: time passes only while the recorder waits. */
async function recorded(
  url: string,
  clock: ReturnType<typeof createManualClock>,
  seconds: number,
  withSecrets = false,
): Promise<Recording> {
  let waiting = 0;
  const own: SimulatorClock = {
    now: clock.now,
    after(ms, act) {
      waiting += 1;
      return clock.after(ms, () => {
        waiting -= 1;
        act();
      });
    },
  };
  const done = new AbortController();
  const ended = record({ endpoint: url, seconds, withSecrets, clock: own }).finally(() => done.abort());
  while (!done.signal.aborted) {
    if (waiting > 0) await clock.advance(1000);
    else await new Promise(setImmediate);
  }
  return ended;
}

/** What a client sees once per second: status, tags, incarnation, each event and how far ahead its NotBefore is. */
async function look(vm: Pick<SimulatedVm, "url">, now: number): Promise<string> {
  const { status, json } = await ask(vm, EVENTS);
  const tags = (await ask(vm, TAGS)).text;
  if (status !== 200) return `${status} ${tags}`;
  const { DocumentIncarnation, Events } = json as ScheduledEventsDocument;
  const events = Events.map(
    ({ EventType, EventStatus, NotBefore }) =>
      `${EventType} ${EventStatus} ${NotBefore === "" ? "" : Math.round((Date.parse(NotBefore) - now) / 1000)}`,
  );
  return `${tags} #${DocumentIncarnation} ${events.join()}`;
}

test("what was recorded of a VM is answered again at the same seconds", async () => {
  const clock = createManualClock(START);
  await using real = await startSimulator({ clock, vm: { name: "db-07" }, timeScale: 60 });
  void real.play({
    summary: "",
    events: [
      {
        after: 120,
        type: "Redeploy",
        source: "User",
        description: "x",
        duration: -1,
        resources: ["{vm}"],
        course: { notice: 600, startedFor: 600 },
      },
    ],
    steps: [
      { after: 900, action: { do: "changeVm", set: { tags: { env: "test" } } } },
      {
        after: 1500,
        action: { do: "fail", rule: { fault: 410, forSeconds: 180, path: "/metadata/scheduledevents" } },
      },
    ],
  });
  const recording = await recorded(real.url, clock, 40);
  expect(recording.answers[EVENTS]?.map(({ at, status }) => [at, status])).toEqual([
    [0, 200],
    [2, 200],
    [12, 200],
    [22, 200],
    [25, 410],
    [28, 200],
  ]);

  const later = createManualClock(START + 1e9);
  const { vm, apiVersions, scenario } = replayOf(parseRecording("a.json", JSON.stringify(recording)));
  await using replay = await startSimulator({ clock: later, vm, apiVersions });
  const ended = replay.play(scenario);
  const seen: string[] = [];
  for (let second = 0; second < 40; second += 1) {
    await later.advance(second === 0 ? 0 : 1000);
    const line = await look(replay, later.now());
    if (line !== seen.at(-1)?.slice(3)) seen.push(`${String(second).padStart(2)} ${line}`);
  }
  const untilStart = Array.from({ length: 10 }, (_, index) => 10 - index).map(
    (left, index) => `${String(index + 2).padStart(2)} env:prod;owner:team-a #2 Redeploy Scheduled ${left}`,
  );
  expect(seen).toEqual([
    " 0 env:prod;owner:team-a #1 ",
    ...untilStart,
    "12 env:prod;owner:team-a #3 Redeploy Started ",
    "22 env:prod;owner:team-a #4 ",
    "25 410 env:prod;owner:team-a",
    "28 env:prod;owner:team-a #4 ",
  ]);
  await later.advance(1000);
  await ended;
  expect((await ask(replay, "/metadata/instance/compute/name?api-version=2021-02-01&format=text")).text).toBe(
    "db-07",
  );
});

test("tokens never enter a recording, other secrets only when asked for", async () => {
  const clock = createManualClock(START);
  await using real = await startSimulator({ clock, vm: { userData: "c2VjcmV0LXVzZXItZGF0YQ==" } });
  const hidden = JSON.stringify(await recorded(real.url, clock, 0));
  const shown = JSON.stringify(await recorded(real.url, clock, 0, true));
  const { json } = await ask(real, "/metadata/instance?api-version=2021-02-01");
  const { keyData } = (json as { compute: { publicKeys: [{ keyData: string }] } }).compute.publicKeys[0];
  for (const secret of ["c2VjcmV0LXVzZXItZGF0YQ==", keyData]) {
    expect(hidden).not.toContain(secret);
    expect(shown).toContain(secret);
  }
  for (const text of [hidden, shown]) {
    expect(text).toContain('"access_token":"redacted"');
    // The beginning of a JWT, header and claims.
    expect(text).not.toMatch(/eyJ[\w-]+\.eyJ/);
  }
  expect(hidden).toContain(`"signature":"${Buffer.from("redacted").toString("base64")}"`);
});

test("no answer is recorded as what it was, and served again so", async () => {
  const recording = await record({ endpoint: "http://127.0.0.1:1" });
  expect(recording.answers["/metadata/versions"]).toMatchObject([{ at: 0, failure: "refused" }]);
  await using replay = await startSimulator(replayOf({ ...recording, seconds: 60 }));
  const stop = new AbortController();
  const ended = replay.play(replayOf({ ...recording, seconds: 60 }).scenario, { signal: stop.signal });
  while (replay.faults.length < 7) await new Promise(setImmediate);
  await expect(ask(replay, EVENTS)).rejects.toThrow("fetch failed");
  stop.abort(new Error("enough"));
  await expect(ended).rejects.toThrow("enough");
});

test.each([
  [{ DocumentIncarnation: 2, Events: [null, { EventId: 1 }] }],
  [{ DocumentIncarnation: 2, Events: "none" }],
  [["no document"]],
])("an answer that is no document of IMDS is served as it was: %j", async (body) => {
  const at = new Date(START).toISOString();
  const answers = { [EVENTS]: [{ at: 0, status: 200, body }] };
  const recording = { recording: 1, recordedAt: at, seconds: 60, endpoint: "x", redacted: true, answers };
  const { scenario, ...options } = replayOf(parseRecording("a.json", JSON.stringify(recording)));
  await using replay = await startSimulator(options);
  const stop = new AbortController();
  const ended = replay.play(scenario, { signal: stop.signal });
  expect((await ask(replay, EVENTS)).json).toEqual(body);
  stop.abort(new Error("enough"));
  await expect(ended).rejects.toThrow("enough");
});

test("an abort keeps what was recorded", async () => {
  await using real = await startSimulator();
  const stop = new AbortController();
  const changes: Recording[] = [];
  const recording = await record({
    endpoint: real.url,
    seconds: 3600,
    signal: stop.signal,
    onChange(now) {
      changes.push(now);
      stop.abort();
    },
  });
  expect(recording.seconds).toBeLessThan(60);
  expect(Object.keys(recording.answers)).toHaveLength(7);
  expect(changes).toHaveLength(2);
});

test("--replay serves a file, and a wrong one is explained", async () => {
  const folder = mkdtempSync(join(tmpdir(), "recording-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const good = join(folder, "good.json");
  const clock = createManualClock();
  await using real = await startSimulator({ clock, vm: { name: "db-07" } });
  writeFileSync(good, JSON.stringify(await recorded(real.url, clock, 0)));
  expect(await readRecording(good)).toMatchObject({ recording: 1, redacted: true });
  const said = { out: "", err: "" };
  const stop = new AbortController();
  const io = {
    stdout: { write: (text: string) => (said.out += text).includes("still serving") && stop.abort() },
    stderr: { write: (text: string) => (said.err += text) },
    signal: stop.signal,
  };
  expect(await runSimulator(["--listen", "127.0.0.1:0", "--replay", good], io)).toBe(0);
  expect(said.out).toContain("Azure IMDS of VM db-07, simulated");

  const bad = join(folder, "bad.json");
  writeFileSync(bad, '{\n  "recording": 2,\n  "recordedAt": "today"\n}\n');
  expect(await runSimulator(["--replay", bad], io)).toBe(78);
  expect(said.err).toContain(`${bad}:2:16 error RECORDING_BAD_CHOICE: recording must be 1, but is 2`);
  expect(said.err).toContain(
    `${bad}:3:17 error RECORDING_BAD_VALUE: recordedAt must be a time in RFC 3339, UTC`,
  );
});
