import { expect, test } from "vitest";
import { rejectionOf } from "./fixtures/failures.ts";
import { type Reply, startHttpServer } from "./fixtures/loopback-server.ts";
import { clientOf } from "./fixtures/served-client.ts";

const RESOURCE = "https://eventhubs.azure.net";
const TOKEN: Reply = { body: { access_token: "t", expires_in: "3600" } };
const SECOND_MS = 1000;

/** Identity that answers so until told otherwise, and a client whose clock only the test moves. */
const setUp = async (first: Reply) => {
  const clock = { now: 1_700_000_000_000 };
  const identity = { reply: first };
  const server = await startHttpServer(() => identity.reply);
  const client = clientOf(server.endpoint, { now: () => clock.now });
  const ask = () => rejectionOf(client.token(RESOURCE));
  return { client, clock, identity, ask, received: server.received };
};

test.each([
  [404, "not-found"],
  [410, "gone"],
  [429, "throttled"],
  [500, "server-error"],
  [503, "server-error"],
])(
  "%i passes: IMDS is asked again after 1, 2, 4 and then every 5 s, for longer than 70 s",
  async (status, code) => {
    const { clock, identity, ask, client, received } = await setUp({ status });
    const began = clock.now;
    const asked: number[] = [];
    for (let n = 0; n < 90; n += 1, clock.now += SECOND_MS) {
      const before = received.length;
      expect(await ask()).toMatchObject({ code, retryable: true });
      if (received.length > before) asked.push((clock.now - began) / SECOND_MS);
    }
    expect(asked.slice(0, 6)).toEqual([0, 1, 3, 7, 12, 17]);
    expect(asked.at(-1)).toBeGreaterThan(80);
    identity.reply = TOKEN;
    clock.now += 5 * SECOND_MS;
    expect((await client.token(RESOURCE)).accessToken).toBe("t");
  },
);

test("Retry-After is obeyed, as seconds and as a date, but for half a minute at most", async () => {
  const { clock, identity, ask, received } = await setUp({ status: 429, headers: { "retry-after": "8" } });
  expect(await ask()).toMatchObject({ code: "throttled", retryAfterMs: 8000 });
  clock.now += 7999;
  await ask();
  expect(received).toHaveLength(1);
  clock.now += 1;
  const at = new Date(clock.now + 3_600_000).toUTCString();
  identity.reply = { status: 503, headers: { "retry-after": at } };
  expect((await ask()).retryAfterMs).toBeGreaterThan(3_598_000);
  clock.now += 29_999;
  await ask();
  expect(received).toHaveLength(2);
  clock.now += 1;
  await ask();
  expect(received).toHaveLength(3);
});

test("a Retry-After that says nothing is as none", async () => {
  for (const value of ["soon", "-1", "1.5", "", "Infinity"]) {
    const { ask } = await setUp({ status: 429, headers: { "retry-after": value } });
    expect(await ask(), value).not.toHaveProperty("retryAfterMs");
  }
});

test("what does not pass by itself is asked for whenever a caller asks, and holds up no other identity", async () => {
  const { client, ask, received } = await setUp({ status: 400, body: { error: "invalid_request" } });
  await ask();
  await ask();
  expect(received).toHaveLength(2);
  const other = await setUp({ status: 410 });
  await other.ask();
  await rejectionOf(other.client.token(RESOURCE, { clientId: "c" }));
  expect(other.received).toHaveLength(2);
  client.close();
});

test("a clock that was set back does not hold anybody for long", async () => {
  const { clock, ask, received } = await setUp({ status: 410 });
  await ask();
  clock.now -= 3_600_000;
  await ask();
  expect(received).toHaveLength(2);
});
