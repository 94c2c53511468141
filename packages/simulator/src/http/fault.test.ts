import { afterEach, beforeEach, expect, test } from "vitest";

import type { Simulator } from "../simulator-api.ts";
import { startSimulator } from "../start-simulator.ts";
import { approval, ask, EVENTS } from "../testing/ask.ts";
import { createManualClock } from "../time/manual-clock.ts";
import { namedFaults } from "./named-fault.ts";
import type { NamedFault } from "./named-fault.ts";

const INSTANCE = "/metadata/instance?api-version=2021-02-01";

let simulator: Simulator;
beforeEach(async () => void (simulator = await startSimulator()));
afterEach(() => simulator.close());

test("the next requests get the faults, one each, then honest answers", async () => {
  simulator.respondNext({ status: 500 }, { status: 410, body: { error: "gone" } });
  expect(await ask(simulator, EVENTS)).toMatchObject({ status: 500, text: "" });
  expect(await ask(simulator, EVENTS)).toMatchObject({ status: 410, json: { error: "gone" } });
  expect(await ask(simulator, EVENTS)).toMatchObject({ status: 200 });
});

test("an answer may have any status, headers and body", async () => {
  const html = "<html>Gateway Timeout</html>";
  simulator.respondNext(
    { status: 504, headers: { "content-type": "text/html", Connection: "close" }, body: html },
    { status: 200, body: new Uint8Array([0, 7, 255]) },
    { status: 302, headers: { Location: "http://example.invalid/" } },
  );
  const page = await ask(simulator, EVENTS);
  expect(page).toMatchObject({ status: 504, text: html });
  expect(page.headers.get("content-type")).toBe("text/html");
  expect((await ask(simulator, EVENTS)).headers.get("content-length")).toBe("3");
  expect(await ask(simulator, EVENTS, { redirect: "manual" })).toMatchObject({ status: 302 });
});

test("hang never answers", async () => {
  simulator.respondNext("hang");
  const signal = AbortSignal.timeout(100);
  await expect(fetch(simulator.url + EVENTS, { signal })).rejects.toMatchObject({ name: "TimeoutError" });
  expect(simulator.requests).toHaveLength(1);
});

test("reset ends the connection with a TCP reset", async () => {
  simulator.respondNext("reset");
  await expect(fetch(simulator.url + EVENTS)).rejects.toMatchObject({ cause: { code: "ECONNRESET" } });
});

test("half-body announces the whole body and sends half of it", async () => {
  simulator.respondNext("half-body");
  const response = await fetch(simulator.url + EVENTS, { headers: { Metadata: "true" } });
  expect(response.status).toBe(200);
  const announced = Number(response.headers.get("content-length"));
  expect(announced).toBe('{"DocumentIncarnation":1,"Events":[]}'.length);
  await expect(response.text()).rejects.toThrow("terminated");
});

test("half-body also cuts an answer that has no body", async () => {
  const { EventId } = simulator.schedule({ EventType: "Reboot" });
  simulator.respondNext("half-body");
  const response = await fetch(simulator.url + EVENTS, approval(EventId));
  await expect(response.text()).rejects.toThrow("terminated");
  expect(simulator.document().Events).toMatchObject([{ EventStatus: "Started" }]);
});

test("slow answers honestly, later", async () => {
  simulator.respondNext({ slow: 80 });
  const began = performance.now();
  const answer = ask(simulator, EVENTS);
  setTimeout(() => simulator.schedule({ EventType: "Freeze" }), 20);
  expect(await answer).toMatchObject({ status: 200, json: { DocumentIncarnation: 2 } });
  expect(performance.now() - began).toBeGreaterThanOrEqual(79);
});

test("a hook chooses by request until it is taken away, the newest first", async () => {
  const stop = simulator.respondWith(({ path }) =>
    path.endsWith("/versions") ? { status: 429 } : undefined,
  );
  const stopNewer = simulator.respondWith(({ query }) => (query === "newer" ? { status: 418 } : undefined));
  expect(await ask(simulator, "/metadata/versions?newer")).toMatchObject({ status: 418 });
  expect(await ask(simulator, EVENTS)).toMatchObject({ status: 200 });
  stopNewer();
  expect(await ask(simulator, "/metadata/versions?newer")).toMatchObject({ status: 429 });
  stop();
  expect(await ask(simulator, "/metadata/versions")).toMatchObject({ status: 200 });
});

test("a hook comes before the rules and after the queue", async () => {
  simulator.respondWith(() => ({ status: 403 }));
  simulator.respondNext({ status: 500 });
  expect(await ask(simulator, "/anything", { headers: {} })).toMatchObject({ status: 500 });
  expect(await ask(simulator, "/anything", { headers: {} })).toMatchObject({ status: 403 });
});

test("a hook that throws is answered with 500, and an impossible header too", async () => {
  simulator.respondWith(() => {
    throw new Error("my hook");
  });
  expect(await ask(simulator, EVENTS)).toMatchObject({
    status: 500,
    json: { error: expect.stringContaining("my hook") },
  });
  simulator.respondNext({ status: 200, headers: { "X-Bad": "a\nb" } });
  expect(await ask(simulator, EVENTS)).toMatchObject({ status: 500 });
});

test.each(Object.keys(namedFaults) as readonly NamedFault[])(
  "%s is no honest answer, and the next one is",
  async (name) => {
    simulator.schedule({ EventType: "Reboot", Description: "maintenance" });
    const honest = await ask(simulator, EVENTS);
    simulator.respondNext(name);
    const signal = AbortSignal.timeout(200);
    const faulty = await ask(simulator, EVENTS, {
      headers: { Metadata: "true" },
      redirect: "manual",
      signal,
    }).then(
      ({ status, text, headers }) => ({ status, text, length: headers.get("content-length") }),
      () => "failed",
    );
    const { status, text } = honest;
    // fetch takes a byte order mark away.
    expect(faulty).not.toEqual({ status, text, length: honest.headers.get("content-length") });
    expect(await ask(simulator, EVENTS)).toMatchObject({ status: 200, text: honest.text });
  },
);

test("control characters stand raw inside the strings, and only a tolerant parser reads the document", async () => {
  const { EventId } = simulator.schedule({ EventType: "Reboot" });
  simulator.respondNext("control-characters");
  const { text, json } = await ask(simulator, EVENTS);
  expect(json).toBeUndefined();
  expect(text).toContain(`"\u0001\t\u001F${EventId}"`);
});

test.each([
  [403, "", "close"],
  [410, "", "keep-alive"],
  [429, '{"error":"Too many requests"}', "keep-alive"],
  [503, "", "close"],
  [404, '{"error":"Not Found"}', "keep-alive"],
])("a bare %d has the body that Azure is known to send", async (status, text, connection) => {
  simulator.respondNext(status);
  const answer = await ask(simulator, EVENTS);
  expect(answer).toMatchObject({ status, text });
  expect(answer.headers.get("connection")).toBe(connection);
});

test("a body may drip, and may be as long as wanted", async () => {
  simulator.respondNext({ drip: 50 }, { pad: 10_000_000 });
  const began = performance.now();
  expect((await ask(simulator, EVENTS)).json).toMatchObject({ Events: [] });
  expect(performance.now() - began).toBeGreaterThanOrEqual(45);
  const { text, json } = await ask(simulator, EVENTS);
  expect(text).toHaveLength(10_000_000);
  expect(json).toMatchObject({ Events: [] });
});

test("a rule strikes some requests of one path, or all for some time, until it is taken back", async () => {
  const clock = createManualClock();
  await using timed = await startSimulator({ clock });
  const status = async (path: string) => (await ask(timed, path)).status;
  timed.fail({ fault: 429, next: 2, path: "/metadata/instance" });
  expect(await status(EVENTS)).toBe(200);
  expect(await status(INSTANCE)).toBe(429);
  expect(await status(INSTANCE)).toBe(429);
  expect(await status(INSTANCE)).toBe(200);
  timed.fail({ fault: 500, forSeconds: 70 });
  expect([await status(EVENTS), await status(INSTANCE), await status(EVENTS)]).toEqual([500, 500, 500]);
  await clock.advance(70_000);
  expect(await status(EVENTS)).toBe(200);
  const takeBack = timed.fail({ fault: 404, next: 9 });
  expect(await status(EVENTS)).toBe(404);
  takeBack();
  expect(await status(EVENTS)).toBe(200);
});

test("a rule that means nothing is refused", () => {
  expect(() => simulator.respondNext("nothing" as "hang")).toThrow(
    'There is no fault "nothing". Known: hang, ',
  );
  expect(() => simulator.fail({ fault: "hang", next: 0 })).toThrow(RangeError);
  expect(() => simulator.fail({ fault: "hang", forSeconds: -1 })).toThrow(RangeError);
});
