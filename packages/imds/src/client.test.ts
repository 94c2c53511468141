import { expect, test } from "vitest";
import { createImdsClient } from "./client.ts";
import { rejectionOf, shownOf } from "./fixtures/failures.ts";
import instances from "./fixtures/instances.json" with { type: "json" };
import { rawResponse, startHttpServer, startTcpServer } from "./fixtures/loopback-server.ts";
import { clientOf, serve } from "./fixtures/served-client.ts";
import scheduled from "./fixtures/scheduled-events.json" with { type: "json" };

test("instance() is the whole document", async () => {
  const { client } = await serve({ body: instances.twoNics });
  expect(await client.instance()).toEqual(instances.twoNics);
});

test("instance(path) is a part of it, and text where text is asked for", async () => {
  const server = await startHttpServer(({ url }) =>
    url.searchParams.get("format") === "text"
      ? { contentType: "text/plain", body: "westeurope" }
      : { body: [{ name: "a", value: "b" }] },
  );
  const client = clientOf(server.endpoint);
  expect(await client.instance("compute/tagsList")).toEqual([{ name: "a", value: "b" }]);
  expect(await client.instance("/compute/location", { format: "text" })).toBe("westeurope");
  expect(server.received.map(({ url }) => url.pathname)).toEqual([
    "/metadata/instance/compute/tagsList",
    "/metadata/instance/compute/location",
  ]);
});

test("instance() of another service at the same address has a wrong shape", async () => {
  const { client } = await serve({
    body: { Code: "Success", instanceId: "i-1" },
    headers: { server: "EC2ws" },
  });
  const error = await rejectionOf(client.instance());
  expect(error).toMatchObject({ code: "wrong-shape", retryable: false, status: 200, server: "EC2ws" });
  expect(error.message).toContain("GET http://127.0.0.1");
});

test("get answers as sent; parameters in the path are replaced, never doubled", async () => {
  const { client, received } = await serve({ contentType: "text/plain", body: "Linux" });
  const options = { format: "text", apiVersion: "2021-02-01", query: { extra: "a b" } } as const;
  expect(await client.get("instance/compute/osType?format=json&extra=x", options)).toEqual({
    status: 200,
    contentType: "text/plain",
    body: "Linux",
  });
  expect(received[0]?.url.search).toBe("?format=text&extra=a+b&api-version=2021-02-01");
});

test("an api-version written in the path counts as chosen", async () => {
  const { client, received } = await serve({ body: {} });
  await client.get("instance?api-version=2019-06-01");
  expect(received[0]?.url.search).toBe("?api-version=2019-06-01");
});

test("HTML with status 200 is no value, not even as text", async () => {
  const { client } = await serve({ contentType: "text/html", body: "<html>Sign in</html>" });
  for (const call of [
    client.instance(),
    client.instance("compute/name", { format: "text" }),
    client.get("versions"),
  ]) {
    const error = await rejectionOf(call);
    expect(error).toMatchObject({ code: "not-json", retryable: false, excerpt: "<html>Sign in</html>" });
    expect(error.message).toContain("a proxy is in the path");
  }
});

test("scheduledEvents() is the document, also with raw control characters in it", async () => {
  const { client } = await serve({
    body: JSON.stringify(scheduled.liveMigration).replace("is being", "is\nbeing"),
  });
  const document = await client.scheduledEvents();
  expect(document).toMatchObject({ incarnation: 2, partial: false });
  expect(document.events[0]?.resources).toEqual(["WestNO_0", "WestNO_1"]);
});

test.each([
  ["an empty body", "", "not-json", true],
  ["HTML", "<html></html>", "not-json", false],
  ["another shape", "{}", "wrong-shape", false],
])("%s is not taken for a document without events", async (_name, body, code, retryable) => {
  const { client } = await serve({ body });
  expect(await rejectionOf(client.scheduledEvents())).toMatchObject({
    code,
    retryable,
    status: 200,
    excerpt: body,
  });
});

test("a document of 10 000 events fits", async () => {
  const Events = Array.from({ length: 10_000 }, (_, n) => ({
    ...scheduled.liveMigration.Events[0],
    EventId: `E-${n}`,
    Resources: Array.from({ length: 40 }, (_unused, vm) => `aks-nodepool1-12345678-vmss_${vm}`),
  }));
  const { client } = await serve({ body: { DocumentIncarnation: 1, Events } });
  expect((await client.scheduledEvents()).events).toHaveLength(10_000);
});

test("a body over the limit is too large", async () => {
  const { client } = await serve({ body: scheduled.liveMigration }, { maxResponseBytes: 100 });
  const error = await rejectionOf(client.scheduledEvents());
  expect(error).toMatchObject({ code: "too-large", retryable: false });
  expect(error.message).toContain("was answered with more than 100 bytes, the most that is read");
});

test("startRequests posts the ids as Azure documents it, and takes any body", async () => {
  const { client, received } = await serve({ contentType: "", body: "" });
  expect(await client.startRequests(["C7061BAC", "b"])).toBeUndefined();
  expect(received[0]).toMatchObject({
    method: "POST",
    body: '{"StartRequests":[{"EventId":"C7061BAC"},{"EventId":"b"}]}',
    headers: { metadata: "true", "content-type": "application/json" },
  });
  expect(received[0]?.url.search).toBe("?api-version=2020-07-01");
});

test("startRequests tells a refusal, and does not send what cannot be right", async () => {
  const { client, received } = await serve({ status: 400 });
  const error = await rejectionOf(client.startRequests(["a"]));
  expect(error).toMatchObject({ code: "bad-request", path: "/metadata/scheduledevents" });
  expect(error.message).toMatch(/^POST http/);
  expect(await rejectionOf(client.startRequests([]))).toMatchObject({ code: "invalid-argument" });
  expect(await rejectionOf(client.startRequests(["a", " "]))).toMatchObject({ code: "invalid-argument" });
  expect(received).toHaveLength(1);
});

test("versions, the attested document and the load balancer are read", async () => {
  const rule = { frontendIpAddress: "50.0.0.1", protocol: "tcp", frontendPort: 80, backendPort: "443" };
  const replies: Readonly<Record<string, unknown>> = {
    "/metadata/versions": { apiVersions: ["2017-03-01", "2025-04-07"] },
    "/metadata/attested/document": { encoding: "pkcs7", signature: "MII=" },
    "/metadata/loadbalancer": { loadbalancer: { publicIpAddresses: [{}], inboundRules: [rule, 5] } },
  };
  const server = await startHttpServer(({ url }) => ({ body: replies[url.pathname] }));
  const client = clientOf(server.endpoint);
  expect(await client.versions()).toEqual(["2017-03-01", "2025-04-07"]);
  expect(await client.attestedDocument("1234567890")).toEqual({ encoding: "pkcs7", signature: "MII=" });
  expect(server.received[1]?.url.searchParams.get("nonce")).toBe("1234567890");
  expect(await client.loadBalancer()).toEqual({
    publicIpAddresses: [{ frontendIpAddress: "", privateIpAddress: "" }],
    inboundRules: [{ ...rule, privateIpAddress: "", backendPort: 443 }],
    outboundRules: [],
  });
});

test("answers of another shape say so", async () => {
  const { client } = await serve({ body: { other: true } });
  for (const call of [client.versions(), client.attestedDocument(), client.loadBalancer()]) {
    expect(await rejectionOf(call)).toMatchObject({ code: "wrong-shape", status: 200 });
  }
});

test("lost, refused and silent connections have codes and advice", async () => {
  const halves = await startTcpServer((socket) => socket.end(rawResponse("{}").slice(0, -1)));
  expect(await rejectionOf(clientOf(halves.endpoint).versions())).toMatchObject({
    code: "connection-lost",
    retryable: true,
  });
  const nobody = await rejectionOf(clientOf("http://127.0.0.1:9").instance());
  expect(nobody).toMatchObject({ code: "unreachable", retryable: true, path: "/metadata/instance" });
  expect(nobody.message).toContain("ECONNREFUSED");
  expect(nobody.message).toContain("169.254.169.254/32");
  const silent = await startTcpServer(() => undefined);
  const timeout = await rejectionOf(clientOf(silent.endpoint, { requestTimeoutMs: 100 }).versions());
  expect(timeout).toMatchObject({ code: "timeout", retryable: true });
  expect(timeout.message).toContain("100 ms");
});

test("a caller's signal is the cause of the error it makes", async () => {
  const silent = await startTcpServer(() => undefined);
  const reason = new Error("shutting down");
  const controller = new AbortController();
  const call = rejectionOf(clientOf(silent.endpoint).scheduledEvents({ signal: controller.signal }));
  setTimeout(() => controller.abort(reason), 30);
  const error = await call;
  expect(error).toMatchObject({ code: "aborted", retryable: false });
  expect(error.cause).toBe(reason);
});

test("close ends calls under way and all later ones, any number of times", async () => {
  const silent = await startTcpServer(() => undefined);
  const client = createImdsClient({ endpoint: silent.endpoint });
  const calls = [rejectionOf(client.instance()), rejectionOf(client.startRequests(["a"]))];
  setTimeout(() => client.close(), 30);
  expect((await Promise.all(calls)).map(({ code }) => code)).toEqual(["aborted", "aborted"]);
  client.close();
  expect(await rejectionOf(client.versions())).toMatchObject({ code: "aborted" });
});

test("no error of the instance family or the token endpoint repeats what was answered", async () => {
  const { client } = await serve({
    contentType: "application/json",
    body: '{"access_token":"c2VjcmV0","x":"c2VjcmV0"',
  });
  const calls = [
    client.instance(),
    client.instance("compute/userData"),
    client.token("https://r"),
    client.attestedDocument(),
  ];
  for (const call of calls) {
    const error = await rejectionOf(call);
    expect(error.code).toBe("not-json");
    expect(shownOf(error)).not.toContain("c2VjcmV0");
  }
});
