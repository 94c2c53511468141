import { expect, test } from "vitest";
import { rejectionOf } from "./fixtures/failures.ts";
import instances from "./fixtures/instances.json" with { type: "json" };
import { type Reply, startHttpServer } from "./fixtures/loopback-server.ts";
import { clientOf, serve } from "./fixtures/served-client.ts";
import scheduled from "./fixtures/scheduled-events.json" with { type: "json" };
import { VERSION } from "./version.ts";

test("every request carries the Metadata header and its family's api-version", async () => {
  const { client, received } = await serve({ body: {} });
  for (const path of [
    "instance",
    "scheduledevents",
    "attested/document",
    "identity/info",
    "loadbalancer",
    "versions",
  ]) {
    await client.get(path);
  }
  expect(received.map(({ url }) => url.pathname + url.search)).toEqual([
    "/metadata/instance?api-version=2025-04-07",
    "/metadata/scheduledevents?api-version=2020-07-01",
    "/metadata/attested/document?api-version=2020-09-01",
    "/metadata/identity/info?api-version=2018-02-01",
    "/metadata/loadbalancer?api-version=2020-10-01",
    "/metadata/versions",
  ]);
  for (const { method, headers } of received) {
    expect(method).toBe("GET");
    expect(headers).toMatchObject({ metadata: "true", "user-agent": `forewarn-imds/${VERSION}` });
    expect(headers).not.toHaveProperty("x-forwarded-for");
  }
});

test("a host that does not know our api-version is asked for the nearest one it knows, from then on", async () => {
  const server = await startHttpServer(({ url }) =>
    url.searchParams.get("api-version") === "2023-07-01"
      ? { body: instances.version2017 }
      : { status: 400, body: { error: "x", "newest-versions": ["2026-01-01", "2023-07-01", "2021-02-01"] } },
  );
  const client = clientOf(server.endpoint);
  expect((await client.instance()).compute?.vmSize).toBe("Standard_A0");
  await client.instance();
  expect(server.received.map(({ url }) => url.searchParams.get("api-version"))).toEqual([
    "2025-04-07",
    "2023-07-01",
    "2023-07-01",
  ]);
});

test("but not when the caller chose it, nor more than once", async () => {
  const { client, received } = await serve({ status: 400, body: { "newest-versions": ["2021-02-01"] } });
  expect(await rejectionOf(client.instance("", { apiVersion: "2025-04-07" }))).toMatchObject({
    code: "bad-request",
    newestVersions: ["2021-02-01"],
  });
  expect(received).toHaveLength(1);
  expect(await rejectionOf(client.instance())).toMatchObject({ code: "bad-request" });
  expect(received).toHaveLength(3);
});

test("only the first call of Scheduled Events has the long timeout", async () => {
  let delayMs = 600;
  const server = await startHttpServer(async () => {
    await new Promise((resolve) => setTimeout(resolve, delayMs));
    return { body: scheduled.empty };
  });
  const client = clientOf(server.endpoint, { requestTimeoutMs: 250, firstScheduledEventsTimeoutMs: 5_000 });
  expect(await rejectionOf(client.instance())).toMatchObject({ code: "timeout" });
  expect(await client.scheduledEvents()).toMatchObject({ events: [] });
  const start = performance.now();
  expect(await rejectionOf(client.scheduledEvents())).toMatchObject({ code: "timeout", retryable: true });
  expect(performance.now() - start).toBeGreaterThan(240);
  delayMs = 0;
  expect(await client.scheduledEvents()).toMatchObject({ events: [] });
});

test("a first call that failed was none, and after a day of silence the next is a first one again", async () => {
  let replies: Reply[] = [
    { status: 500 },
    { body: "" },
    { body: scheduled.empty },
    { body: scheduled.empty },
  ];
  const server = await startHttpServer(async () => {
    await new Promise((resolve) => setTimeout(resolve, 400));
    const [reply, ...rest] = replies;
    replies = rest;
    return reply;
  });
  let now = 1_000;
  const options = { requestTimeoutMs: 150, firstScheduledEventsTimeoutMs: 5_000, now: () => now };
  const client = clientOf(server.endpoint, options);
  expect(await rejectionOf(client.scheduledEvents())).toMatchObject({ code: "server-error" });
  expect(await rejectionOf(client.scheduledEvents())).toMatchObject({ code: "not-json" });
  expect(await client.scheduledEvents()).toMatchObject({ events: [] });
  now += 24 * 3_600_000;
  expect(await client.scheduledEvents()).toMatchObject({ events: [] });
});
