import { MisconfiguredError, RetryError } from "@forewarn/sdk";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { scheduled } from "./fixtures/events.ts";
import { openSink } from "./fixtures/open-sink.ts";
import { type Receiver, type Reply, says, startReceiver } from "./fixtures/receiver.ts";

let receiver: Receiver;

beforeEach(async () => {
  receiver = await startReceiver();
});

afterEach(() => receiver.close());

async function errorFor(reply: Reply, signal?: AbortSignal) {
  receiver.reply = reply;
  return (await openSink({ url: receiver.url })).errorOf([scheduled()], signal);
}

describe("taken", () => {
  it.each([
    [200, "ok"],
    [200, "ok\n"],
    [200, ""],
    [204, ""],
    [200, '{"success":true}'],
    [202, "accepted"],
  ])("%d %j", async (status, body) => {
    expect(await errorFor(says(status, body))).toBeUndefined();
  });

  it("a yes that breaks off is a yes", async () => {
    const reply: Reply = (response) => {
      response.writeHead(200, { "content-length": "2" }).write("o", () => response.destroy());
    };
    expect(await errorFor(reply)).toBeUndefined();
  });
});

describe("misconfigured", () => {
  it.each([
    [404, "no_service", "revoked or never existed", "api.slack.com/apps"],
    [404, "no_team", "workspace is gone", "api.slack.com/apps"],
    [404, "no_active_hooks", "switched off", "option url"],
    [404, "channel_not_found", "channel is gone", "option url"],
    [410, "channel_is_archived", "archived", "unarchive"],
    [403, "action_prohibited", "administrator", "permission"],
    [403, "invalid_token", "URL is wrong", "option url"],
    [403, "token_revoked", "revoked", "option url"],
    [400, "invalid_token", "URL is wrong", "option url"],
    [400, "posting_to_general_channel_denied", "#general", "another channel"],
    [404, '{"ok":false,"error":"no_service"}', "no_service", "revoked"],
    [403, "<h1>Forbidden</h1>", "403", "may not post"],
    [404, "", "404", "revoked or never existed"],
    [410, "gone", "410", "gone"],
    [401, "", "401", "credentials"],
    [302, "", "302", "redirects are not followed"],
    [200, "<!doctype html><title>Sign in</title>", "web page", "option url"],
  ])("%d %s", async (status, body, ...words) => {
    const error = await errorFor(says(status, body, status === 302 ? { location: "/elsewhere" } : {}));
    expect(error?.code).toBe("FOREWARN_MISCONFIGURED");
    for (const word of words) expect(error?.message).toContain(word);
    expect(receiver.received).toHaveLength(1);
  });
});

describe("refused", () => {
  it.each([
    [400, "invalid_payload"],
    [400, "user_not_found"],
    [400, "no_text"],
    [413, ""],
    [422, "nonsense"],
    [200, '{"ok":false,"error":"nonsense"}'],
  ])("%d %s", async (status, body) => {
    const error = await errorFor(says(status, body));
    expect(error).toMatchObject({ code: "FOREWARN_REJECT", excerpt: body });
  });
});

describe("to be tried again", () => {
  it.each([
    [500, "rollup_error"],
    [503, ""],
    [408, ""],
    [429, "rate_limited"],
  ])("%d %s", async (status, body) => {
    const error = await errorFor(says(status, body));
    expect(error?.code).toBe("FOREWARN_RETRY");
    expect(receiver.received).toHaveLength(1);
  });

  it.each([
    ["17", 17_000],
    ["Sun, 22 Nov 2026 12:01:00 GMT", 60_000],
    ["nonsense", undefined],
  ])("Retry-After %s is handed on", async (header, expected) => {
    const error = await errorFor(says(429, "rate_limited", { "retry-after": header }));
    expect((error as RetryError).retryAfterMs).toBe(expected);
  });

  it("nobody listens", async () => {
    await receiver.close();
    const error = await (await openSink({ url: receiver.url })).errorOf([scheduled()]);
    expect(error?.code).toBe("FOREWARN_RETRY");
  });

  it("no answer within the time, and says that it may come twice", async () => {
    const abort = new AbortController();
    const pending = errorFor(() => abort.abort(), abort.signal);
    expect(await pending).toMatchObject({
      code: "FOREWARN_RETRY",
      message: expect.stringContaining("twice"),
    });
  });

  it.each([
    [new MisconfiguredError("the certificate of https://x was not accepted"), "FOREWARN_MISCONFIGURED"],
    [new RetryError("no answer from https://x: ECONNRESET"), "FOREWARN_RETRY"],
  ])("what the agent's fetch says stays what it is: %s", async (thrown, code) => {
    const fetch = () => Promise.reject(thrown);
    const error = await (await openSink({ url: receiver.url }, { fetch })).errorOf([scheduled()]);
    expect(error).toMatchObject({ code, message: thrown.message });
  });

  it("an endless answer does not fill the memory", async () => {
    const reply: Reply = (response) => {
      response.writeHead(500);
      const more = () => {
        while (!response.destroyed && response.write("x".repeat(16_384)));
        if (!response.destroyed) response.once("drain", more);
      };
      more();
    };
    const error = await errorFor(reply);
    expect(error?.code).toBe("FOREWARN_RETRY");
    expect(error?.excerpt?.length).toBeLessThanOrEqual(2000);
  });
});
