import {
  type Batch,
  type ForewarnEvent,
  batchContentType,
  decodeHttp,
  structuredContentType,
} from "@forewarn/sdk";
import { describe, expect, it } from "vitest";
import { open } from "./fixtures/open-webhook.ts";
import { type Received, receive } from "./fixtures/receiver.ts";
import { createSign, messageId, parseSecret } from "./signature.ts";
import { webhook } from "./webhook.ts";

const current = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const old = "whsec_//79/Pv6+fj39vX08/Lx8O/u7ezr6uno5+bl5OPi4eA=";

const eventOf = (id: string) => ({
  specversion: "1.0",
  id,
  source: "/vm/1",
  type: "io.forewarn.agent.stopped",
  subject: "größer € 😀",
  time: "2026-11-22T20:00:00.000Z",
  datacontenttype: "application/json",
  severitynumber: 9,
  data: { text: "Ünï € 😀 \u2028 <!channel>" },
});

/** A batch whose events cannot be read where `encoded` is meant to be enough. */
function batchOf(ids: readonly string[], events: "readable" | "sealed" = "readable"): Batch {
  const all = ids.map(eventOf);
  return Object.freeze({
    id: "0123456789abcdef",
    attempt: 1,
    get events() {
      if (events === "sealed") throw new Error("events were parsed");
      return all as unknown as readonly ForewarnEvent[];
    },
    encoded: Object.freeze(all.map((event) => JSON.stringify(event))),
  });
}

describe("modes", () => {
  it("structured posts the stored text as it is, and parses nothing", async () => {
    const { url, received } = await receive();
    const batch = batchOf(["1:a"], "sealed");
    await (await open({ url })).deliver(batch);
    expect(received).toHaveLength(1);
    expect(received[0]?.method).toBe("POST");
    expect(received[0]?.headers["content-type"]).toBe(structuredContentType);
    expect(received[0]?.body.toString()).toBe(batch.encoded[0]);
    expect(Object.keys(received[0]?.headers ?? {}).filter((name) => name.startsWith("webhook-"))).toEqual([]);
  });

  it("batched posts a JSON array, and parses nothing", async () => {
    const { url, received } = await receive();
    const batch = batchOf(["1", "2", "3"], "sealed");
    await (await open({ url, mode: "batched", secret: current })).deliver(batch);
    expect(received[0]?.headers["content-type"]).toBe(batchContentType);
    expect(received[0]?.body.toString()).toBe(`[${batch.encoded.join(",")}]`);
    expect(received[0]?.headers["webhook-id"]).toBe(`msg_${batch.id}`);
  });

  it.each(["structured", "binary", "batched"] as const)(
    "%s arrives as the same event at a receiver that knows CloudEvents",
    async (mode) => {
      const { url, received } = await receive();
      await (await open({ url, mode })).deliver(batchOf(["1"]));
      const { headers, body } = received[0] as Received;
      expect(decodeHttp(headers, body)).toEqual([eventOf("1")]);
    },
  );

  it("binary writes attributes as headers and only the data as body", async () => {
    const { url, received } = await receive();
    await (await open({ url, mode: "binary" })).deliver(batchOf(["1"], "sealed"));
    expect(received[0]?.headers).toMatchObject({
      "content-type": "application/json",
      "ce-id": "1",
      "ce-subject": "gr%C3%B6%C3%9Fer%20%E2%82%AC%20%F0%9F%98%80",
      "ce-severitynumber": "9",
    });
    expect(JSON.parse(received[0]?.body.toString() ?? "")).toEqual(eventOf("1").data);
  });

  it("binary rejects what cannot be said in headers", async () => {
    const { url, received } = await receive();
    const encoded = [JSON.stringify({ ...eventOf("1"), subject: "\uD83D" })];
    const error = await (await open({ url, mode: "binary" })).errorOf({ ...batchOf(["1"]), encoded });
    expect(error?.code).toBe("FOREWARN_REJECT");
    expect(received).toEqual([]);
  });

  it("limits are one event per request, eight at once, unless batched", () => {
    const { batch, concurrency } = webhook;
    if (typeof batch !== "function" || typeof concurrency !== "function") throw new Error("not functions");
    for (const mode of ["structured", "binary"] as const) {
      expect(batch({ url: "", mode })).toEqual({ maxEvents: 1 });
      expect(concurrency({ url: "", mode })).toBe(8);
    }
    expect(batch({ url: "", mode: "batched" })).toEqual({ maxEvents: 100, maxBytes: "256kB" });
    expect(concurrency({ url: "", mode: "batched" })).toBe(1);
    expect(concurrency({ url: "", mode: "structured", handshake: true })).toBe(1);
    expect(concurrency({ url: "", mode: "structured", preset: "teams" })).toBe(1);
    expect(concurrency({ mode: "structured", preset: "pagerduty" })).toBe(8);
  });
});

describe("signatures", () => {
  it.each(["structured", "binary", "batched"] as const)("%s signs the bytes on the wire", async (mode) => {
    const { url, received } = await receive();
    await (await open({ url, mode, secret: current, previousSecret: old })).deliver(batchOf(["1"]));
    const { headers, body } = received[0] as Received;
    const verify = (secret: string) =>
      createSign([parseSecret("secret", secret)])(
        String(headers["webhook-id"]),
        body,
        1000 * Number(headers["webhook-timestamp"]),
      )["webhook-signature"];
    expect(headers["webhook-signature"]).toBe(`${verify(current)} ${verify(old)}`);
    expect(headers["webhook-timestamp"]).toBe("1795377600");
  });

  it("the id is that of the event and stays over retries; the timestamp is that of the attempt", async () => {
    const { url, received } = await receive();
    const { deliver, clock } = await open({ url, secret: current });
    await deliver(batchOf(["c7.06:scheduled"]));
    clock.now += 61_500;
    await deliver({ ...batchOf(["c7.06:scheduled"]), attempt: 2 });
    const ids = received.map(({ headers }) => headers["webhook-id"]);
    expect(ids).toEqual([messageId("/vm/1|c7.06:scheduled"), ids[0]]);
    expect(ids[0]).not.toContain(".");
    const times = received.map(({ headers }) => headers["webhook-timestamp"]);
    expect(times).toEqual(["1795377600", "1795377661"]);
    expect(received[0]?.headers["webhook-signature"]).not.toBe(received[1]?.headers["webhook-signature"]);
  });
});

describe("answers", () => {
  const outcomes: readonly (readonly [string, readonly number[]])[] = [
    ["FOREWARN_RETRY", [408, 425, 429, 500, 502, 503, 504]],
    ["FOREWARN_REJECT", [400, 413, 415, 422]],
    ["FOREWARN_MISCONFIGURED", [301, 302, 307, 308, 401, 403, 404, 405, 410]],
  ];

  it.each([200, 201, 202, 204, 299])("%d is delivered", async (status) => {
    const { url } = await receive((response) => response.writeHead(status).end());
    await expect((await open({ url })).deliver(batchOf(["1"]))).resolves.toBeUndefined();
  });

  it.each(outcomes.flatMap(([code, statuses]) => statuses.map((status) => [status, code] as const)))(
    "%d is %s, with the beginning of the answer",
    async (status, code) => {
      const { url, received } = await receive((response) =>
        response.writeHead(status, { location: "/elsewhere" }).end("because €"),
      );
      const error = await (await open({ url })).errorOf(batchOf(["1"]));
      expect(error).toMatchObject({ code, status, excerpt: "because €" });
      expect(received).toHaveLength(1);
    },
  );

  it.each([
    ["7", 7000],
    ["Sun, 22 Nov 2026 20:00:30 GMT", 30_000],
    ["soon", undefined],
  ])("Retry-After %s", async (value, retryAfterMs) => {
    const { url } = await receive((response) => response.writeHead(429, { "retry-after": value }).end());
    const { errorOf, clock } = await open({ url });
    clock.now = Date.parse("2026-11-22T20:00:00Z");
    expect(await errorOf(batchOf(["1"]))).toMatchObject({ code: "FOREWARN_RETRY", retryAfterMs });
  });

  it("keeps 2 kB of a long answer, whole characters only", async () => {
    const { url } = await receive((response) => response.writeHead(400).end(`a${"€".repeat(50_000)}`));
    const error = await (await open({ url })).errorOf(batchOf(["1"]));
    expect(error?.excerpt).toBe(`a${"€".repeat(682)}`);
    expect(Buffer.byteLength(error?.excerpt ?? "")).toBeLessThanOrEqual(2048);
  });

  it("reads every answer to its end, so that its connection serves again", async () => {
    let status = 200;
    const { url, server } = await receive((response) => response.writeHead(status).end("x".repeat(100_000)));
    let connections = 0;
    server.on("connection", () => (connections += 1));
    const { errorOf } = await open({ url });
    for (status of Array.from({ length: 8 }, () => [200, 500, 400, 404]).flat()) {
      await errorOf(batchOf(["1"]));
    }
    // The pool may open a second one when asked again before the first is handed back.
    expect(connections).toBeLessThanOrEqual(2);
  });

  it.each([
    [202, undefined],
    [500, "FOREWARN_RETRY"],
    [403, "FOREWARN_MISCONFIGURED"],
  ])("a body that breaks off after %d changes nothing", async (status, code) => {
    const { url } = await receive((response) => {
      response.writeHead(status, { "content-length": "1000" });
      response.write("begun", () => setTimeout(() => response.destroy(), 20));
    });
    expect((await (await open({ url })).errorOf(batchOf(["1"])))?.code).toBe(code);
  });

  it("a 2xx whose body never ends is delivered when the time is up", async () => {
    const { url } = await receive((response) => void response.writeHead(200).write("endless"));
    expect(await (await open({ url })).errorOf(batchOf(["1"]), AbortSignal.timeout(200))).toBeUndefined();
  });

  it("aborts within 100 ms where no answer comes", async () => {
    const { url } = await receive(() => undefined);
    const { errorOf } = await open({ url });
    const times: number[] = [];
    for (let n = 0; n < 3; n++) {
      const abort = new AbortController();
      const pending = errorOf(batchOf(["1"]), abort.signal);
      await new Promise((resolve) => setTimeout(resolve, 50));
      const from = performance.now();
      abort.abort();
      expect(await pending).toBeInstanceOf(Error);
      times.push(performance.now() - from);
    }
    // The machine may be busy once, but not each time.
    expect(Math.min(...times)).toBeLessThan(100);
  });

  it("a probe is not offered: only an event shows whether events are taken", async () => {
    expect((await open({ url: "http://127.0.0.1" })).sink.probe).toBeUndefined();
  });
});

describe("secrets", () => {
  it("appear in no error", async () => {
    const secrets = { authorization: "Bearer hunter2", "x-key": "s3cr3t" };
    const all = [...Object.values(secrets), current, old, current.slice(6), old.slice(6)];
    for (const status of [302, 400, 401, 429, 500]) {
      const { url, received } = await receive((response) => response.writeHead(status).end("no"));
      const { errorOf } = await open({ url, headers: secrets, secret: current, previousSecret: old });
      const error = await errorOf(batchOf(["1"]));
      expect(received[0]?.headers).toMatchObject(secrets);
      const shown = `${error?.stack} ${JSON.stringify(error)}`;
      expect(all.filter((secret) => shown.includes(secret))).toEqual([]);
    }
  });
});
