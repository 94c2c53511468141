import { request } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";

import type { Simulator } from "../simulator-api.ts";
import { startSimulator } from "../start-simulator.ts";
import { ask, EVENTS } from "../testing/ask.ts";

const INSTANCE = "/metadata/instance?api-version=2021-02-01";
const headerMissing = { error: "Bad request: . Required metadata header not specified" };
const versionInvalid = {
  error:
    "Bad request. api-version is invalid or was not specified in the request. For more information refer to aka.ms/azureimds",
  "newest-versions": ["2025-04-07", "2024-07-17", "2024-03-15"],
};

let simulator: Simulator;
beforeAll(async () => void (simulator = await startSimulator()));
afterAll(() => simulator.close());

test.each([INSTANCE, EVENTS, "/metadata/versions", "/metadata/nothing"])(
  "%s needs the Metadata header",
  async (path) => {
    expect(await ask(simulator, path, { headers: {} })).toMatchObject({ status: 400, json: headerMissing });
    expect(await ask(simulator, path, { headers: { Metadata: "false" } })).toMatchObject({ status: 400 });
  },
);

test("the header's value may be written True", async () => {
  expect(await ask(simulator, INSTANCE, { headers: { metadata: "True" } })).toMatchObject({ status: 200 });
});

test("a request that was forwarded is rejected", async () => {
  const headers = { Metadata: "true", "X-Forwarded-For": "10.0.0.1" };
  expect(await ask(simulator, INSTANCE, { headers })).toMatchObject({
    status: 400,
    json: { error: expect.stringContaining("X-Forwarded-For") },
  });
});

test("a query parameter may be given once", async () => {
  expect(await ask(simulator, `${INSTANCE}&api-version=2021-02-01`)).toMatchObject({
    status: 400,
    json: { error: expect.stringContaining('"api-version"') },
  });
  expect(await ask(simulator, "/metadata/versions?a=1&a=2")).toMatchObject({ status: 400 });
  expect(await ask(simulator, `${INSTANCE}&a=1&b=1`)).toMatchObject({ status: 200 });
});

test.each(["", "?api-version=", "?api-version=2020-07-01", "?api-version=latest", "?Api-Version=2021-02-01"])(
  "/metadata/instance%s has no valid api-version",
  async (query) => {
    const answer = await ask(simulator, `/metadata/instance${query}`);
    expect(answer).toMatchObject({ status: 400, json: versionInvalid });
  },
);

test("scheduledevents has versions of its own and names the newest of these", async () => {
  for (const query of ["", "?api-version=2025-04-07"])
    expect(await ask(simulator, `/metadata/scheduledevents${query}`)).toMatchObject({
      status: 400,
      json: { "newest-versions": ["2020-07-01", "2019-08-01", "2019-04-01"] },
    });
});

test.each([
  ["POST", INSTANCE, "GET"],
  ["PUT", EVENTS, "GET, POST"],
  ["DELETE", "/metadata/versions", "GET"],
])("%s %s is not allowed", async (method, path, allowed) => {
  const answer = await ask(simulator, path, { method, headers: { Metadata: "true" } });
  const bare = path.split("?")[0];
  expect(answer).toMatchObject({
    status: 405,
    json: { error: `Http method isn't allowed: Path = "${bare}", Method = "${method}"` },
  });
  expect(answer.headers.get("allow")).toBe(allowed);
});

test("HEAD is not allowed either", async () => {
  expect(await ask(simulator, INSTANCE, { method: "HEAD", headers: { Metadata: "true" } })).toMatchObject({
    status: 405,
    text: "",
  });
});

test.each([
  "/",
  "/metadata",
  "/metadata/attested/nothing?api-version=2021-02-01",
  "/metadata/versions/2021-02-01",
  "/metadata/scheduledevents/1?api-version=2020-07-01",
  "/metadata/Instance?api-version=2021-02-01",
  "//metadata/versions",
  "/metadata/%zz",
  "/latest/meta-data",
])("%s is not found", async (path) => {
  expect(await ask(simulator, path)).toMatchObject({ status: 404, json: { error: "Not found" } });
});

test("a trailing slash is ignored", async () => {
  expect(await ask(simulator, "/metadata/versions/")).toMatchObject({ status: 200 });
});

test("the target may be absolute, as clients send it to a proxy", async () => {
  const { hostname, port } = new URL(simulator.url);
  const path = `http://169.254.169.254${EVENTS}`;
  const status = await new Promise((resolve, reject) => {
    const asking = request({ hostname, port, path, headers: { Metadata: "true" } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    asking.on("error", reject).end();
  });
  expect(status).toBe(200);
});

test("an answer has the headers of the service", async () => {
  const { headers, text } = await ask(simulator, EVENTS);
  expect(headers.get("content-type")).toBe("application/json; charset=utf-8");
  expect(headers.get("server")).toMatch(/^IMDS\/\d+(\.\d+){3}$/);
  expect(headers.get("content-length")).toBe(String(text.length));
  expect(headers.get("connection")).toBe("keep-alive");
});
