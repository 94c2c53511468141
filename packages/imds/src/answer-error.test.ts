import { expect, test } from "vitest";
import { createImdsClient } from "./client.ts";
import samples from "./fixtures/errors.json" with { type: "json" };
import { rejectionOf } from "./fixtures/failures.ts";
import { type Reply, startHttpServer } from "./fixtures/loopback-server.ts";
import type { ImdsError } from "./imds-error.ts";

const errorOf = async (reply: Reply, path = "instance"): Promise<ImdsError> => {
  const server = await startHttpServer(() => reply);
  const client = createImdsClient({ endpoint: server.endpoint });
  return rejectionOf(client.get(path)).finally(() => client.close());
};

const replyOf = (name: keyof typeof samples): Reply => {
  const { body, ...rest }: Reply = samples[name];
  return { ...rest, body: body ?? "" };
};

test.each([
  ["400-api-version-missing", "bad-request", false],
  ["400-missing-metadata-header", "bad-request", false],
  ["400-identity-not-found", "bad-request", false],
  ["403-docker-desktop", "forbidden", false],
  ["403-guest-proxy-agent", "forbidden", false],
  ["405-method-not-allowed", "method-not-allowed", false],
  ["410-gone", "gone", true],
  ["421-guest-proxy-agent", "misdirected", false],
  ["429-identity-throttled", "throttled", true],
  ["429-instance-throttled", "throttled", true],
  ["500-aad-pod-identity-text", "server-error", true],
  ["500-internal", "server-error", true],
  ["502-503-guest-proxy-agent", "server-error", true],
  ["503-loadbalancer", "server-error", true],
  ["504-corporate-proxy-html", "server-error", true],
] as const)("%s is %s", async (name, code, retryable) => {
  const error = await errorOf(replyOf(name), "versions");
  expect(error).toMatchObject({ code, retryable, status: samples[name].status, path: "/metadata/versions" });
  expect(error.message).toMatch(
    /^GET http:\/\/127\.0\.0\.1:\d+\/metadata\/versions was answered with status \d+\. \w/,
  );
  // Whoever reads it in a log asks nothing; `retryable` tells the caller.
  expect(error.message).not.toMatch(/\bask (again|less)/i);
});

test.each([
  [401, "unauthorized", false],
  [302, "redirected", false],
  [308, "redirected", false],
  [304, "unexpected-status", false],
  [204, "unexpected-status", false],
  [206, "unexpected-status", false],
  [408, "unexpected-status", true],
  [418, "unexpected-status", false],
  [501, "server-error", true],
  [599, "server-error", true],
] as const)("status %d is %s", async (status, code, retryable) => {
  expect(await errorOf({ status })).toMatchObject({ code, retryable, status });
});

test.each([
  ["instance", true],
  ["scheduledevents", true],
  ["identity/oauth2/token", true],
  ["identity/info", true],
  ["instance/compute/nothing", false],
  ["loadbalancer", false],
  ["versions", false],
] as const)("a 404 of %s passes: %s", async (path, retryable) => {
  expect(await errorOf({ status: 404 }, path)).toMatchObject({ code: "not-found", retryable });
});

test("a refused api-version names those that are offered", async () => {
  const error = await errorOf(replyOf("400-api-version-missing"), "loadbalancer");
  expect(error.newestVersions).toEqual(["2025-04-07", "2024-07-17", "2024-03-15"]);
  expect(error.message).toContain("it offers 2025-04-07, 2024-07-17, 2024-03-15");
});

test.each([
  { "newest-versions": "x" },
  { "newest-versions": [] },
  { "newest-versions": [1, "../x"] },
  null,
  "text",
])("a 400 with the body %j offers none", async (body) => {
  expect(await errorOf({ status: 400, body: JSON.stringify(body) })).not.toHaveProperty("newestVersions");
});

test.each([
  ["identity/oauth2/token", "managed identity"],
  ["scheduledevents", "EventId"],
  ["instance/compute/name", "format=text"],
])("a 400 of %s is explained by its %s", async (path, words) => {
  expect((await errorOf({ status: 400 }, path)).message).toContain(words);
});

test("a 403 without a body names the Guest Proxy Agent and its log; one with a body does not", async () => {
  const empty = await errorOf(replyOf("403-guest-proxy-agent"));
  expect(empty.message).toContain("Metadata Security Protocol");
  expect(empty.message).toContain("/var/lib/azure-proxy-agent/ProxyAgent.Connection.log");
  expect(empty).not.toHaveProperty("excerpt");
  const docker = await errorOf(replyOf("403-docker-desktop"));
  expect(docker.message).not.toContain("Metadata Security Protocol");
  expect(docker.excerpt).toContain("unreachable network");
});

test("HTML is called a proxy, whatever the status", async () => {
  const error = await errorOf(replyOf("504-corporate-proxy-html"));
  expect(error.message).toContain("a proxy is in the path");
  expect(error.excerpt).toContain("Gateway Timeout");
  expect(error.excerpt).not.toMatch(/\n/);
});

test("the code follows from the status, whatever a body says", async () => {
  const body = { error: "Too many requests", "newest-versions": ["2020-01-01"] };
  expect(await errorOf({ status: 500, body })).toMatchObject({ code: "server-error" });
  expect(await errorOf({ status: 500, body })).not.toHaveProperty("newestVersions");
});

test("the Server header is kept, since an interceptor betrays itself there", async () => {
  expect(await errorOf(replyOf("429-identity-throttled"))).toMatchObject({ server: "IMDS/150.870.65.1103" });
});
