import type { IncomingMessage, ServerResponse } from "node:http";
import { describe, expect, it } from "vitest";
import { batchOfEvents, open } from "./fixtures/open-webhook.ts";
import { receive } from "./fixtures/receiver.ts";

const batch = (id: string) => batchOfEvents([{ specversion: "1.0", id, source: "/vm/1", type: "t" }]);

/** A receiver that answers OPTIONS with these headers and POST with this status. */
async function consenting(consent: Record<string, string>, options = { status: 200, post: 204 }) {
  return receive((response, request) => {
    if (request.method === "OPTIONS") response.writeHead(options.status, consent).end();
    else response.writeHead(options.post).end();
  });
}

describe("handshake", () => {
  it("asks once at the exact URL, then every request carries the origin", async () => {
    const { url, received } = await consenting({ "WebHook-Allowed-Origin": "Events.Example.com" });
    const { deliver } = await open({
      url,
      handshake: true,
      origin: "events.example.com",
      headers: { authorization: "Bearer x" },
    });
    await deliver(batch("1"));
    await deliver(batch("2"));
    expect(received.map(({ method }) => method)).toEqual(["OPTIONS", "POST", "POST"]);
    for (const { path, headers } of received) {
      expect(path).toBe("/hook?channel=ops");
      expect(headers).toMatchObject({
        "webhook-request-origin": "events.example.com",
        authorization: "Bearer x",
      });
    }
    expect(received[0]?.headers["webhook-request-rate"]).toBeUndefined();
    expect(received[0]?.body).toHaveLength(0);
  });

  it("is not made unless it is asked for", async () => {
    const { url, received } = await consenting({});
    await (await open({ url })).deliver(batch("1"));
    expect(received.map(({ method }) => method)).toEqual(["POST"]);
    expect(received[0]?.headers["webhook-request-origin"]).toBeUndefined();
  });

  it("names no machine where no origin is given", async () => {
    const { url, received } = await consenting({ "WebHook-Allowed-Origin": "*" });
    await (await open({ url, handshake: true })).deliver(batch("1"));
    expect(received.map(({ headers }) => headers["webhook-request-origin"])).toEqual([
      "forewarn.invalid",
      "forewarn.invalid",
    ]);
  });

  it("takes consent from the headers, whatever the status", async () => {
    const consent = { "WebHook-Allowed-Origin": "*", "WebHook-Allowed-Rate": "*" };
    const { url, received } = await consenting(consent, { status: 405, post: 200 });
    await (await open({ url, handshake: true })).deliver(batch("1"));
    expect(received).toHaveLength(2);
  });

  it.each([
    ["nothing", {}, 200, "200 without WebHook-Allowed-Origin;"],
    ["nothing", { Allow: "GET" }, 405, "405 without WebHook-Allowed-Origin;"],
    [
      "another origin",
      { "WebHook-Allowed-Origin": "other.example" },
      200,
      '"other.example", not forewarn.invalid or *;',
    ],
    [
      "no rate",
      { "WebHook-Allowed-Origin": "*" },
      200,
      "without WebHook-Allowed-Rate, although requestRate asked for one;",
    ],
    [
      "no number",
      { "WebHook-Allowed-Origin": "*", "WebHook-Allowed-Rate": "many" },
      200,
      'WebHook-Allowed-Rate: "many", which is neither a number above 0 nor *;',
    ],
    [
      "zero",
      { "WebHook-Allowed-Origin": "*", "WebHook-Allowed-Rate": "0" },
      200,
      'WebHook-Allowed-Rate: "0"',
    ],
  ] as [string, Record<string, string>, number, string][])(
    "%s is no consent: nothing is posted, and the error says what was missing",
    async (_, consent, status, words) => {
      const { url, received } = await consenting(consent, { status, post: 200 });
      const { errorOf } = await open({ url, handshake: true, requestRate: 60 });
      const error = await errorOf(batch("1"));
      expect(error).toMatchObject({ code: "FOREWARN_MISCONFIGURED", status });
      expect(error?.message).toContain("the receiver has not consented: it answered OPTIONS with");
      expect(error?.message).toContain(words);
      expect(received.map(({ method }) => method)).toEqual(["OPTIONS"]);
    },
  );

  it("a server that is down has not refused", async () => {
    const { url } = await receive((response) => response.writeHead(503, { "retry-after": "7" }).end());
    const error = await (await open({ url, handshake: true })).errorOf(batch("1"));
    expect(error).toMatchObject({ code: "FOREWARN_RETRY", retryAfterMs: 7000 });
  });

  it("asks for a rate, and keeps to the one that is allowed", async () => {
    const consent = { "WebHook-Allowed-Origin": "*", "WebHook-Allowed-Rate": "30" };
    const { url, received } = await consenting(consent);
    const { deliver, clock } = await open({ url, handshake: true, requestRate: 120 });
    for (const id of ["1", "2", "3"]) await deliver(batch(id));
    expect(received[0]?.headers["webhook-request-rate"]).toBe("120");
    expect(clock.slept).toEqual([2000, 2000]);
  });

  it("ends with the time of the attempt while it waits for its turn", async () => {
    const { url } = await consenting({ "WebHook-Allowed-Origin": "*", "WebHook-Allowed-Rate": "30" });
    const { deliver, errorOf } = await open({ url, handshake: true });
    await deliver(batch("1"));
    expect(await errorOf(batch("2"), AbortSignal.abort(new Error("time is up")))).toMatchObject({
      message: "time is up",
    });
  });

  it.each([410, 403])("asks again after %d, since a person may have changed the receiver", async (status) => {
    let post = status;
    const { url, received } = await receive((response: ServerResponse, { method }: IncomingMessage) => {
      if (method === "OPTIONS") response.writeHead(200, { "WebHook-Allowed-Origin": "*" }).end();
      else response.writeHead(post).end();
    });
    const { errorOf, deliver } = await open({ url, handshake: true });
    expect(await errorOf(batch("1"))).toMatchObject({ code: "FOREWARN_MISCONFIGURED", status });
    post = 200;
    await deliver(batch("1"));
    expect(received.map(({ method }) => method)).toEqual(["OPTIONS", "POST", "OPTIONS", "POST"]);
  });

  it.each([429, 500, 400])("does not ask again after %d", async (status) => {
    const consent = { "WebHook-Allowed-Origin": "*" };
    const { url, received } = await consenting(consent, { status: 200, post: status });
    const { errorOf } = await open({ url, handshake: true });
    await errorOf(batch("1"));
    await errorOf(batch("1"));
    expect(received.map(({ method }) => method)).toEqual(["OPTIONS", "POST", "POST"]);
  });
});
