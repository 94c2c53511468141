import { expect, onTestFinished, test } from "vitest";
import { createImdsClient } from "./client.ts";
import { rejectionOf, shownOf } from "./fixtures/failures.ts";
import { type Reply, startHttpServer } from "./fixtures/loopback-server.ts";

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const RESOURCE = "https://eventhubs.azure.net/";
const START = 1_700_000_000_000;

/** A token endpoint whose tokens are numbered and live for an hour, and a client with a clock that only the test moves. */
const setUp = async (
  answer: (count: number) => Reply | undefined | Promise<Reply | undefined> = () => undefined,
) => {
  const clock = { now: START };
  let count = 0;
  const server = await startHttpServer(async () => {
    count += 1;
    const reply = await answer(count);
    return (
      reply ?? {
        body: {
          access_token: `token-${count}`,
          client_id: "be5947ed",
          expires_in: "3600",
          expires_on: String((clock.now + HOUR_MS) / 1000),
          ext_expires_in: "262800",
          not_before: String(clock.now / 1000 - 300),
          resource: RESOURCE,
          token_type: "Bearer",
        },
      }
    );
  });
  const client = createImdsClient({ endpoint: server.endpoint, now: () => clock.now });
  onTestFinished(() => client.close());
  return { client, clock, received: server.received };
};

test("the decimal strings of the answer become milliseconds", async () => {
  const { client, received } = await setUp();
  expect(await client.token(RESOURCE)).toEqual({
    accessToken: "token-1",
    expiresOn: START + HOUR_MS,
    expiresInMs: HOUR_MS,
    notBefore: START - 5 * MINUTE_MS,
    tokenType: "Bearer",
    resource: RESOURCE,
    clientId: "be5947ed",
  });
  expect(Object.fromEntries(received[0]?.url.searchParams ?? [])).toEqual({
    resource: RESOURCE,
    "api-version": "2018-02-01",
  });
});

test("only a token and its expiry are needed, of either kind", async () => {
  const { client } = await setUp((count) => ({
    body:
      count === 1 ? { access_token: "t", expires_in: 60 } : { access_token: "t", expires_on: "1700000060" },
  }));
  expect(await client.token("a")).toEqual({
    accessToken: "t",
    expiresOn: START + MINUTE_MS,
    expiresInMs: MINUTE_MS,
    tokenType: "Bearer",
    resource: "a",
  });
  expect(await client.token("b")).toMatchObject({ expiresOn: 1_700_000_060_000, resource: "b" });
});

test.each([
  {},
  { access_token: "" },
  { access_token: "c2VjcmV0" },
  { access_token: "c2VjcmV0", expires_on: "soon" },
])("%j is no token, and is not repeated", async (body) => {
  const { client } = await setUp(() => ({ body }));
  const error = await rejectionOf(client.token(RESOURCE));
  expect(error.code).toBe("wrong-shape");
  expect(shownOf(error)).not.toContain("c2VjcmV0");
});

test("a token is asked for once, until five minutes before it expires", async () => {
  const { client, clock, received } = await setUp();
  await client.token(RESOURCE);
  clock.now += HOUR_MS - 5 * MINUTE_MS - 1;
  expect((await client.token(RESOURCE)).accessToken).toBe("token-1");
  clock.now += 1;
  expect((await client.token(RESOURCE)).accessToken).toBe("token-2");
  expect(received).toHaveLength(2);
});

test("callers at once share one request, and each resource and identity has its own token", async () => {
  const { client, received } = await setUp();
  const calls = Array.from({ length: 9 }, () => client.token(RESOURCE));
  expect(new Set((await Promise.all(calls)).map((token) => token.accessToken)).size).toBe(1);
  await client.token("https://vault.azure.net");
  await client.token(RESOURCE, { clientId: "c" });
  await client.token(RESOURCE, { objectId: "o" });
  await client.token(RESOURCE, { msiResId: "/subscriptions/m" });
  await client.token(RESOURCE, { clientId: "c" });
  expect(received.map(({ url }) => url.search.replace(/&api-version=.*/, ""))).toEqual([
    "?resource=https%3A%2F%2Feventhubs.azure.net%2F",
    "?resource=https%3A%2F%2Fvault.azure.net",
    "?resource=https%3A%2F%2Feventhubs.azure.net%2F&client_id=c",
    "?resource=https%3A%2F%2Feventhubs.azure.net%2F&object_id=o",
    "?resource=https%3A%2F%2Feventhubs.azure.net%2F&msi_res_id=%2Fsubscriptions%2Fm",
  ]);
});

test("while a token is valid a failed renewal does no harm, and is not repeated within ten seconds", async () => {
  const { client, clock, received } = await setUp((count) => (count === 1 ? undefined : { status: 410 }));
  await client.token(RESOURCE);
  clock.now += HOUR_MS - 2 * MINUTE_MS;
  expect((await client.token(RESOURCE)).accessToken).toBe("token-1");
  expect((await client.token(RESOURCE)).accessToken).toBe("token-1");
  expect(received).toHaveLength(2);
  clock.now += 10_000;
  await client.token(RESOURCE);
  expect(received).toHaveLength(3);
  clock.now += 90_000;
  expect(await rejectionOf(client.token(RESOURCE))).toMatchObject({ code: "gone" });
});

test("an expired token is never handed out, also when the clock jumped", async () => {
  const { client, clock } = await setUp();
  await client.token(RESOURCE);
  clock.now += 30 * HOUR_MS;
  expect((await client.token(RESOURCE)).accessToken).toBe("token-2");
});

test("a failure is not cached", async () => {
  const { client } = await setUp((count) => (count === 1 ? { status: 400 } : undefined));
  expect(await rejectionOf(client.token(RESOURCE))).toMatchObject({ code: "bad-request" });
  expect((await client.token(RESOURCE)).accessToken).toBe("token-2");
});

test("one caller's signal ends its wait, not the request that others share", async () => {
  const gate = Promise.withResolvers<undefined>();
  const { client, received } = await setUp(() => gate.promise);
  const controller = new AbortController();
  const patient = client.token(RESOURCE);
  const hasty = rejectionOf(client.token(RESOURCE, { signal: controller.signal }));
  controller.abort("enough");
  expect(await hasty).toMatchObject({ code: "aborted", cause: "enough" });
  expect(await rejectionOf(client.token("x", { signal: controller.signal }))).toMatchObject({
    code: "aborted",
  });
  gate.resolve(undefined);
  expect((await patient).accessToken).toBe("token-1");
  expect(received).toHaveLength(1);
});

test("two identities, or no resource, cannot be meant", async () => {
  const { client, received } = await setUp();
  const both = client.token(RESOURCE, { clientId: "c", objectId: "o" });
  expect(await rejectionOf(both)).toMatchObject({ code: "invalid-argument" });
  expect(await rejectionOf(client.token(""))).toMatchObject({ code: "invalid-argument" });
  expect(received).toHaveLength(0);
});
