import { createImdsClient } from "@forewarn/imds";
import { describe, expect, onTestFinished, test } from "vitest";
import { id, noon, scheduled, started } from "../normalize/fixtures/entry.ts";
import { createVirtualClock } from "../time/virtual-clock.ts";
import { documentOf } from "./fixtures/azure.ts";
import { type Answer, answer, type ImdsServer, startImdsServer } from "./fixtures/imds-server.ts";
import { startStation } from "./fixtures/station.ts";

const second = 1000;
const html = { "content-type": "text/html" };

/** A source that asks a real server over the real client and has polled once. */
async function begin() {
  const server = await startImdsServer();
  const clock = createVirtualClock({ now: noon });
  const imds = createImdsClient({ endpoint: server.endpoint, requestTimeoutMs: 300, now: clock.now });
  onTestFinished(() => imds.close());
  const station = startStation({ imds, clock });
  const codes: string[] = [];
  station.telemetry.on("pollFailed", ({ code }) => codes.push(code));
  await station.introduce();
  expect(await station.poll()).toBe(true);
  /** A poll a second later. */
  const see = async (events: Answer) => {
    server.events = events;
    await clock.advance(second);
    return station.poll();
  };
  return { server, clock, station, codes, see };
}

const good = (...entries: Parameters<typeof documentOf>[0]) => answer(documentOf(entries));

const bad: readonly (readonly [string, string, (server: ImdsServer) => Answer])[] = [
  ["500", "server-error", () => answer("{}", 500)],
  ["503 with an empty document", "server-error", () => answer(documentOf([]), 503)],
  ["410", "gone", () => answer("", 410)],
  ["429", "throttled", () => answer('{"error":"Too many requests"}', 429)],
  ["404", "not-found", () => answer("", 404)],
  ["403, empty", "forbidden", () => answer("", 403, {})],
  ["400", "bad-request", () => answer('{"error":"Bad request"}', 400)],
  ["204", "unexpected-status", () => answer("", 204, {})],
  ["an empty 200", "not-json", () => answer("")],
  ["a 200 of blanks", "not-json", () => answer("\r\n  ")],
  ["HTML with 200", "not-json", () => answer("<html><body>Zscaler</body></html>", 200, html)],
  ["HTML that says it is JSON", "not-json", () => answer("<!DOCTYPE html><html></html>")],
  ["half a document", "not-json", () => answer(documentOf([scheduled()]).slice(0, 50))],
  ["a redirect", "redirected", (server) => answer("", 302, { location: `${server.endpoint}/empty` })],
  ["no Events", "wrong-shape", () => answer('{"DocumentIncarnation":9}')],
  ["Events that are no list", "wrong-shape", () => answer('{"DocumentIncarnation":9,"Events":{}}')],
  ["Events that are null", "wrong-shape", () => answer('{"DocumentIncarnation":9,"Events":null}')],
  ["a list", "wrong-shape", () => answer("[]")],
  ["null", "wrong-shape", () => answer("null")],
  ["a reset", "connection-lost", () => (response) => void response.socket?.resetAndDestroy()],
  ["a body that breaks off", "connection-lost", () => breaksOff],
  ["silence", "timeout", () => () => {}],
];

const breaksOff: Answer = (response) => {
  response.writeHead(200, { "content-type": "application/json", "content-length": "100" });
  response.write('{"DocumentIncarnation":9,"Events":[]}', () => response.destroy());
};

describe.each(bad)("a failed poll changes nothing: %s", (_, code, failing) => {
  test("what is Scheduled stays so, and is `canceled` only by a good document", async () => {
    const { server, station, codes, see } = await begin();
    expect(await see(good(scheduled()))).toBe(true);
    expect(await see(failing(server))).toBe(false);
    expect(await see(failing(server))).toBe(false);
    expect(codes).toEqual([code, code]);
    expect(server.paths).not.toContain("/empty");
    expect(await see(good(scheduled()))).toBe(true);
    expect(station.told()).toEqual([`${id}:scheduled`]);
    await see(failing(server));
    expect(await see(good())).toBe(true);
    expect(station.told()).toEqual([`${id}:scheduled`, `${id}:canceled`]);
  });
});

test("a failed poll is no document: so many of them are a gap", async () => {
  const { clock, station, see } = await begin();
  await see(good(scheduled()));
  for (let n = 0; n < 9; n++) await see(answer("", 500));
  await clock.advance(1);
  await see(good());
  expect(station.events().at(-1)?.data).toMatchObject({ outcome: "not-observed", gapMs: 10_001 });
});

test("a whole story over HTTP, with a bad answer at every step", async () => {
  const { station, see } = await begin();
  for (const entries of [[scheduled()], [scheduled({ durationSeconds: 30 })], [started()], []]) {
    await see(answer("", 500));
    await see(good(...entries));
    await see(good(...entries));
  }
  const phases = station.told().map((told) => told.split(":")[1]);
  expect(phases).toEqual(["scheduled", "updated", "started", "completed"]);
  expect(station.events().map(({ affectsself }) => affectsself)).toEqual([true, true, true, true]);
});

test("an entry that cannot be read makes the document partial: what is missing is not over", async () => {
  const { station, see } = await begin();
  const warnings: string[] = [];
  station.telemetry.on("documentWarning", (warning) => warnings.push(warning));
  await see(good(scheduled()));
  await see(answer('{"DocumentIncarnation":2,"Events":[{"EventType":"Freeze"}]}'));
  expect([station.told().length, warnings.length]).toEqual([1, 1]);
  await see(good());
  expect(station.told()).toHaveLength(2);
});

test("control characters in a document are no reason to lose it", async () => {
  const { station, see } = await begin();
  const [head, tail] = documentOf([scheduled({ description: "X" })]).split('"X"');
  expect(await see(answer(`${head}"Two\nlines\u0001"${tail}`))).toBe(true);
  expect(station.events()[0]?.data).toMatchObject({ description: "Two\nlines\u0001" });
});

test("half a character in a document goes out as U+FFFD: strict readers of JSON refuse a lone surrogate", async () => {
  const { station, see } = await begin();
  await see(
    good(scheduled({ description: "Two\ud800 hälves \udc00, one 😀", extra: { "\ud83d": ["\ud83d"] } })),
  );
  const [event] = station.events();
  expect(event?.data).toMatchObject({
    description: "Two\uFFFD hälves \uFFFD, one 😀",
    extra: { "\uFFFD": ["\uFFFD"] },
  });
  expect(JSON.stringify(event)).not.toMatch(/\\ud[89a-f]/i);
});

test("the own name, read over HTTP, decides whom an event affects", async () => {
  const { station, see } = await begin();
  await see(good(scheduled({ resources: ["WEB-01"] }), scheduled({ eventId: "B", resources: ["web-010"] })));
  expect(station.events().map(({ affectsself }) => affectsself)).toEqual([true, false]);
});
