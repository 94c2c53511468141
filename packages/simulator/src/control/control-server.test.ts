import { request } from "node:http";
import { expect, onTestFinished, test } from "vitest";

import { startSimulator } from "../start-simulator.ts";
import { approval, ask, EVENTS } from "../testing/ask.ts";
import { startControlServer } from "./control-server.ts";

async function control(names: readonly string[] = ["web-01"], timeScale = 1) {
  const simulator = await startSimulator({ vms: names.map((name) => ({ name })), timeScale });
  const server = await startControlServer(simulator);
  onTestFinished(async () => {
    await server[Symbol.asyncDispose]();
    await simulator.close();
  });
  const call = async (method: string, path: string, body?: unknown) => {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const response = await fetch(server.url + path, { method, ...(body !== undefined && { body: text }) });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  return { simulator, server, call };
}

test("an event is scheduled, changed, started, removed and put back by hand", async () => {
  const { simulator, call } = await control();
  const { body: event } = await call("POST", "/events", {
    EventType: "Reboot",
    EventSource: "User",
    notice: "5m",
  });
  const notice = Date.parse(String(event["NotBefore"])) - Date.now();
  expect(notice).toBeGreaterThan(290_000);
  expect(notice).toBeLessThan(302_000);
  const path = `/events/${String(event["EventId"]).toLowerCase()}`;
  await call("PATCH", path, { Resources: ["web-01", "web-02"], DurationInSeconds: 7 });
  expect((await ask(simulator, EVENTS)).json).toMatchObject({
    Events: [{ EventSource: "User", Resources: ["web-01", "web-02"], DurationInSeconds: 7 }],
  });
  expect((await call("POST", `${path}/start`)).body).toMatchObject({ Events: [{ EventStatus: "Started" }] });
  expect((await call("DELETE", path)).body).toMatchObject({ Events: [] });
  expect((await call("POST", `${path}/restore`)).body).toMatchObject({
    DocumentIncarnation: 6,
    Events: [{ EventStatus: "Started" }],
  });
  expect((await call("GET", "/events")).body).toEqual((await ask(simulator, EVENTS)).json);
});

test("a scenario is played by its name or whole, shown, and stopped", async () => {
  const { simulator, call } = await control(["web-01"], 1000);
  expect((await call("GET", "/scenarios")).body).toContainEqual(
    expect.objectContaining({ name: "preempt-spot", seconds: 630 }),
  );
  expect(await call("POST", "/plays", { scenario: "demo", timeScale: 1 })).toMatchObject({
    status: 200,
    body: { id: 1, scenario: "demo" },
  });
  const own = { scenario: 1, summary: "Mine.", events: [{ type: "Freeze", stays: true }] };
  expect((await call("POST", "/plays", { scenario: own })).body).toMatchObject({ id: 2, scenario: "Mine." });
  while (simulator.document().Events.length === 0) await new Promise(setImmediate);
  expect((await call("GET", "/plays")).body).toMatchObject([{ id: 1 }, { id: 2 }]);
  expect((await call("DELETE", "/plays/1")).body).toEqual({ stopped: 1 });
  expect((await call("DELETE", "/plays")).body).toEqual({ stopped: 1 });
  expect((await call("GET", "/plays")).body).toEqual([]);
  expect(simulator.document().Events).toMatchObject([{ EventType: "Freeze" }]);
});

test("VMs are shown and changed, one by its name", async () => {
  const { simulator, call } = await control(["web_0", "web_1"]);
  expect(
    (await call("PATCH", "/vms/WEB_1", { vmSize: "Standard_D8s_v5", tags: { env: "test" } })).status,
  ).toBe(200);
  const path = "/metadata/instance/compute/vmSize?api-version=2021-02-01&format=text";
  expect((await ask(simulator.vms[1]!, path)).text).toBe("Standard_D8s_v5");
  expect((await ask(simulator.vms[0]!, path)).text).toBe("Standard_D2s_v5");
  expect((await call("GET", "/vms")).body).toMatchObject([
    { url: simulator.vms[0]?.url, vm: { name: "web_0" }, requests: 1 },
    { url: simulator.vms[1]?.url, vm: { name: "web_1", tags: { env: "test" } }, requests: 1 },
  ]);
});

test("faults are injected, shown and taken back, at all VMs or one", async () => {
  const { simulator, call } = await control(["web_0", "web_1"]);
  const [one, other] = simulator.vms;
  const status = async (vm = one) => (await ask(vm!, EVENTS)).status;
  await call("POST", "/faults", { fault: 429, next: 2 });
  expect([await status(), await status(other), await status()]).toEqual([429, 429, 429]);
  expect((await call("GET", "/faults")).body).toEqual({ web_0: [], web_1: [{ fault: 429, next: 1 }] });
  await call("DELETE", "/faults");
  expect(await status(other)).toBe(200);
  await call("POST", "/faults", { fault: "html", for: "1h", vm: "web_1", path: "/metadata/scheduledevents" });
  expect((await ask(other!, EVENTS)).text).toContain("<html>");
  expect(await status(one)).toBe(200);
});

test("incarnations, requests and the whole state", async () => {
  const { simulator, call } = await control();
  await call("POST", "/incarnation", { reset: 279, skip: 1 });
  await call("POST", "/events", { EventType: "Freeze", EventId: "A-1" });
  expect(simulator.document().DocumentIncarnation).toBe(281);
  await ask(simulator, EVENTS, approval("A-1"));
  expect((await call("GET", "/requests?limit=1&vm=web-01")).body).toMatchObject([
    {
      vm: "web-01",
      method: "POST",
      target: EVENTS,
      remoteAddress: "127.0.0.1",
      body: expect.stringContaining("A-1"),
    },
  ]);
  expect((await call("GET", "/status")).body).toMatchObject({
    product: expect.stringContaining("not Microsoft's"),
    document: { Events: [{ EventId: "A-1", EventStatus: "Started" }] },
    playing: [],
  });
  expect((await call("GET", "/")).body).toHaveProperty(["POST /events"]);
});

test.each([
  ["GET", "/nothing", undefined, 404, "the path", "GET /status"],
  ["PUT", "/events", undefined, 405, "the method", "Use GET or POST."],
  ["POST", "/events", "{", 400, "body", "Send JSON"],
  ["POST", "/events", "", 400, "body", "add EventType:"],
  [
    "POST",
    "/events",
    { EventType: "Reboot", Eventsource: "User" },
    400,
    "Eventsource",
    'Did you mean "EventSource"?',
  ],
  ["POST", "/events", { EventType: "Reboot", notice: "5 min" }, 400, "notice", "5d"],
  ["PATCH", "/events/ABC", { EventStatus: "Started" }, 404, "the path", "Schedule one first"],
  ["POST", "/events/ABC/restore", undefined, 400, "body", "GET /status"],
  ["POST", "/plays", { scenario: "rebot-user" }, 404, "scenario", 'Did you mean "reboot-user"?'],
  [
    "POST",
    "/plays",
    { scenario: { scenario: 1, events: [{ type: "X" }] } },
    400,
    "scenario.events[0].type",
    "correct",
  ],
  [
    "POST",
    "/plays",
    { scenario: { scenario: 1, vms: [{}, { name: "b" }], steps: [{ changeVm: { vm: "b", set: {} } }] } },
    400,
    "body",
    "GET /status",
  ],
  ["POST", "/faults", { fault: "hangs" }, 400, "fault", 'Did you mean "hang"?'],
  ["POST", "/faults", { fault: 500, vm: "db" }, 404, "vm", "There are web-01."],
  ["PATCH", "/vms/web-01", { vmsize: "x" }, 400, "vmsize", 'Did you mean "vmSize"?'],
  ["PATCH", "/vms/web-09", { vmSize: "x" }, 404, "vm", "There are web-01."],
  ["POST", "/incarnation", {}, 400, "body", "correct"],
  ["POST", "/incarnation", { reset: 1e300 }, 400, "reset", "correct"],
  ["POST", "/events", { EventType: "Reboot", notice: "99999999999999d" }, 400, "notice", "at most 99999d"],
  ["POST", "/off", undefined, 400, "body", "GET /status"],
  ["GET", "/requests?limit=x", undefined, 400, "limit", "whole number"],
  ["GET", "/events/%zz", undefined, 400, "the path", "%25"],
])(
  "%s %s with %j is answered with %d, where, and what to do",
  async (method, path, body, status, where, cure) => {
    const { call } = await control();
    expect(await call(method, path, body)).toMatchObject({
      status,
      body: { error: expect.stringMatching(/\S/), where, cure: expect.stringContaining(cure) },
    });
  },
);

test("several mistakes are told at once", async () => {
  const { call } = await control();
  const { body } = await call("POST", "/events", { Resources: [], notice: "x" });
  expect(body["problems"]).toHaveLength(3);
});

test("no web page may ask, neither of its own name nor of another", async () => {
  const { server } = await control();
  const page = await fetch(`${server.url}/status`, { headers: { Origin: "https://evil.example" } });
  expect(page.status).toBe(403);
  const { hostname, port } = new URL(server.url);
  const rebound = await new Promise((resolve, reject) => {
    const asking = request(
      { hostname, port, path: "/status", headers: { Host: "evil.example" } },
      (response) => {
        response.resume();
        resolve(response.statusCode);
      },
    );
    asking.on("error", reject).end();
  });
  expect(rebound).toBe(403);
});

test("a taken port is said", async () => {
  const { simulator, server } = await control();
  const port = Number(new URL(server.url).port);
  await expect(startControlServer(simulator, { port })).rejects.toMatchObject({ code: "EADDRINUSE" });
});
