import { expect, test } from "vitest";
import { rejectionOf } from "./fixtures/failures.ts";
import instances from "./fixtures/instances.json" with { type: "json" };
import { type Received, startHttpServer } from "./fixtures/loopback-server.ts";
import scheduled from "./fixtures/scheduled-events.json" with { type: "json" };
import { clientOf } from "./fixtures/served-client.ts";
import type { ImdsClient } from "./client.ts";

const SIX_HOURS_MS = 6 * 3_600_000;

/** What answers a question of a version that the host knows. */
const bodyFor = ({ url }: Received): unknown => {
  if (url.pathname.endsWith("/scheduledevents")) return scheduled.empty;
  if (url.pathname.includes("/identity/")) return { access_token: "t", expires_in: "3600" };
  if (url.pathname.endsWith("/attested/document")) return { encoding: "pkcs7", signature: "AAAA" };
  if (url.pathname.endsWith("/loadbalancer")) return { loadbalancer: {} };
  return instances.version2017;
};

/** A host that knows these versions, and says so in what it refuses unless it is `silent`. */
const startHost = async (known: readonly string[], { silent = false, status = 400 } = {}) => {
  const host = { known, silent };
  const clock = { now: 1_700_000_000_000 };
  const server = await startHttpServer((request) => {
    const version = request.url.searchParams.get("api-version") ?? "";
    if (host.known.includes(version)) return { body: bodyFor(request) };
    const newest = host.known.toSorted().toReversed().slice(0, 3);
    return { status, body: { error: "Bad request", ...(!host.silent && { "newest-versions": newest }) } };
  });
  const client = clientOf(server.endpoint, { now: () => clock.now });
  const asked = () => server.received.splice(0).map(({ url }) => url.searchParams.get("api-version"));
  return { client, host, clock, asked };
};

const calls: readonly (readonly [string, string, (client: ImdsClient) => Promise<unknown>])[] = [
  ["instance", "2025-04-07", (client) => client.instance()],
  ["a part of the instance", "2025-04-07", (client) => client.instance("compute/tagsList")],
  ["scheduledEvents", "2020-07-01", (client) => client.scheduledEvents()],
  ["startRequests", "2020-07-01", (client) => client.startRequests(["E"])],
  ["attested", "2020-09-01", (client) => client.attestedDocument()],
  ["loadBalancer", "2020-10-01", (client) => client.loadBalancer()],
  ["identity", "2018-02-01", (client) => client.token("r")],
];

test.each(calls)("%s: the closest version that is offered, remembered", async (_, preferred, call) => {
  const { client, asked } = await startHost(["2017-03-01", "2017-12-01", "2026-01-01"]);
  await call(client);
  expect(asked()).toEqual([preferred, "2017-12-01"]);
  await call(client);
  expect(asked().every((version) => version === "2017-12-01")).toBe(true);
  expect(Object.values(client.apiVersions())).toContain("2017-12-01");
});

test("a family that is refused does not change the others", async () => {
  const { client } = await startHost(["2019-08-01", "2018-02-01"]);
  await client.scheduledEvents();
  expect(client.apiVersions()).toEqual({
    instance: "2025-04-07",
    scheduledEvents: "2019-08-01",
    attested: "2020-09-01",
    identity: "2018-02-01",
    loadBalancer: "2020-10-01",
  });
});

test("a host that offers only newer ones is asked for the oldest of them", async () => {
  const { client, asked } = await startHost(["2027-01-01", "2026-01-01", "2028-01-01"]);
  await client.instance();
  expect(asked()).toEqual(["2025-04-07", "2026-01-01"]);
});

test("also a 404 that offers versions is understood", async () => {
  const { client, asked } = await startHost(["2021-02-01"], { status: 404 });
  await client.instance();
  expect(asked()).toEqual(["2025-04-07", "2021-02-01"]);
});

test("after six hours the newest is tried again, and taken where the host was upgraded", async () => {
  const { client, clock, host, asked } = await startHost(["2021-02-01"]);
  await client.instance();
  clock.now += SIX_HOURS_MS - 1;
  await client.instance();
  expect(asked()).toEqual(["2025-04-07", "2021-02-01", "2021-02-01"]);
  clock.now += 1;
  await client.instance();
  await client.instance();
  expect(asked()).toEqual(["2025-04-07", "2021-02-01", "2021-02-01"]);
  host.known = ["2021-02-01", "2025-04-07"];
  clock.now += SIX_HOURS_MS;
  await client.instance();
  await client.instance();
  expect(asked()).toEqual(["2025-04-07", "2025-04-07"]);
});

test("a VM that is moved to an older host goes down once more, and never loses an answer by it", async () => {
  const { client, host, asked } = await startHost(["2025-04-07"]);
  for (const known of [["2025-04-07"], ["2023-07-01"], ["2019-06-01"]]) {
    host.known = known;
    expect((await client.instance()).compute?.vmSize).toBe("Standard_A0");
  }
  expect(asked()).toEqual(["2025-04-07", "2025-04-07", "2023-07-01", "2023-07-01", "2019-06-01"]);
});

test("a host that refuses the first poll without saying why is led down the known versions, one each poll", async () => {
  const { client, asked } = await startHost(["2019-01-01"], { silent: true });
  expect(await rejectionOf(client.scheduledEvents())).toMatchObject({ code: "bad-request" });
  expect(await rejectionOf(client.scheduledEvents())).toMatchObject({ code: "bad-request" });
  await client.scheduledEvents();
  await client.scheduledEvents();
  expect(asked().join(" ")).toBe(
    "2020-07-01 2019-08-01 2019-08-01 2019-04-01 2019-04-01 2019-01-01 2019-01-01",
  );
});

test("a 400 to a version that was taken before is about something else", async () => {
  const { client, host, asked } = await startHost(["2020-07-01", "2025-04-07"], { silent: true });
  await client.scheduledEvents();
  await client.instance();
  host.known = [];
  for (let n = 0; n < 3; n += 1) {
    expect(await rejectionOf(client.scheduledEvents())).toMatchObject({ code: "bad-request" });
    expect(await rejectionOf(client.instance())).toMatchObject({ code: "bad-request" });
  }
  expect(new Set(asked())).toEqual(new Set(["2020-07-01", "2025-04-07"]));
});

test("nor does a leaf, a POST or an identity that is refused without versions change the version", async () => {
  const { client, asked } = await startHost([], { silent: true });
  await rejectionOf(client.instance("compute/vmSize"));
  await rejectionOf(client.startRequests(["E"]));
  await rejectionOf(client.token("r"));
  await rejectionOf(client.loadBalancer());
  expect(asked()).toEqual(["2025-04-07", "2020-07-01", "2018-02-01", "2020-10-01"]);
});
