import { createAjv } from "@forewarn/sdk/ajv";
import { afterEach, describe, expect, it } from "vitest";
import { asSeen } from "./fixtures/as-seen.ts";
import { scheduled } from "./fixtures/events.ts";
import { openSink } from "./fixtures/open-sink.ts";
import { type Receiver, says, startReceiver } from "./fixtures/receiver.ts";
import { slack } from "./slack.ts";

const receivers: Receiver[] = [];

afterEach(async () => {
  for (const receiver of receivers.splice(0)) await receiver.close();
});

async function receiver(): Promise<Receiver> {
  const one = await startReceiver();
  receivers.push(one);
  return one;
}

describe("a message", () => {
  it("goes to the webhook as the library posts it", async () => {
    const { url, received } = await receiver();
    await (await openSink({ url })).deliver([scheduled()]);
    expect(received).toHaveLength(1);
    const [{ path, headers, payload }] = received as [(typeof received)[0]];
    expect(url.endsWith(path)).toBe(true);
    expect(headers).toMatchObject({
      "content-type": "application/json",
      "user-agent": expect.stringContaining("@slack:webhook/8.0.2"),
    });
    expect(payload).toMatchObject({ unfurl_links: false, unfurl_media: false, link_names: false });
    expect(payload.text).toContain("SCHEDULED: Reboot of web-01 in 15 min");
    expect(asSeen(payload)).toContain("# 🔴 Reboot of web-01 in 15 min");
  });

  it("is marked where a simulator said so", async () => {
    const { url, received } = await receiver();
    await (await openSink({ url })).deliver([scheduled({ simulated: true })]);
    expect(asSeen(received[0]!.payload)).toContain("# 🔴 SIMULATED: Reboot of web-01");
    expect(received[0]!.payload.text).toContain("SIMULATED");
  });

  it("tells how late it is, and counts from now", async () => {
    const { url, received } = await receiver();
    const { clock, deliver } = await openSink({ url });
    clock.pass(12 * 60_000);
    await deliver([scheduled()]);
    const seen = asSeen(received[0]!.payload);
    expect(seen).toContain("# 🔴 Reboot of web-01 in 3 min");
    expect(seen).toContain("Told late: seen 2026-11-22 12:00:00 UTC, 12 min ago");
  });

  it("of a story names what came before, until it is over", async () => {
    const { url, received } = await receiver();
    const { clock, deliver } = await openSink({ url });
    await deliver([scheduled()]);
    clock.pass(15 * 60_000);
    await deliver([scheduled({ phase: "started" }, 15 * 60_000)]);
    clock.pass(75_000);
    await deliver([scheduled({ phase: "completed" }, 15 * 60_000 + 75_000)]);
    const [, started, completed] = received.map(({ payload }) => asSeen(payload));
    expect(started).toContain("Announced 2026-11-22 12:00:00 UTC, 15 min before it started.");
    expect(completed).toContain(
      "It had started 2026-11-22 12:15:00 UTC, 15 min after it was announced, and took 1 min 15 s.",
    );
  });
});

describe("blocks that Slack refuses", () => {
  it.each([
    "invalid_blocks",
    "invalid_blocks_format",
    "invalid_attachments",
    "too_many_attachments",
    "msg_blocks_too_long",
    "msg_too_long",
  ])("%s: the same words go once more, as plain text", async (code) => {
    const { url, received, next } = await receiver();
    next.push(says(400, code));
    const { deliver, logged } = await openSink({ url, mention: { error: "<!here>" } });
    await deliver([scheduled()]);
    expect(received).toHaveLength(2);
    const [, { payload }] = received as [unknown, (typeof received)[0]];
    expect(payload).not.toHaveProperty("blocks");
    expect(payload).not.toHaveProperty("attachments");
    expect(payload).toMatchObject({ mrkdwn: false });
    expect(payload.text).toMatch(/^<!here> 🔴 Reboot of web-01 in 15 min\n/);
    for (const part of ["drain it", "westeurope", "EventId 602D9444", "curl -H Metadata:true"])
      expect(payload.text).toContain(part);
    expect(logged).toEqual([{ message: expect.stringContaining("refused"), fields: { code } }]);
  });

  it("a second refusal is final, and there is no third request", async () => {
    const other = await receiver();
    other.reply = says(400, "invalid_blocks");
    const error = await (await openSink({ url: other.url })).errorOf([scheduled()]);
    expect(error).toMatchObject({ code: "FOREWARN_REJECT", status: "invalid_blocks" });
    expect(other.received).toHaveLength(2);
  });

  it("a plain text that must be tried again is", async () => {
    const other = await receiver();
    other.next.push(says(400, "invalid_blocks"), says(503, "later"));
    const error = await (await openSink({ url: other.url })).errorOf([scheduled()]);
    expect(error?.code).toBe("FOREWARN_RETRY");
  });

  it("nothing else is sent twice", async () => {
    const other = await receiver();
    other.reply = says(400, "invalid_payload");
    const error = await (await openSink({ url: other.url })).errorOf([scheduled()]);
    expect(error?.code).toBe("FOREWARN_REJECT");
    expect(other.received).toHaveLength(1);
  });
});

describe("options", () => {
  const defaults = { tags: [], digestAfter: 5, digestWindow: "30s" };
  const validate = createAjv().compile(slack.options);

  it.each([
    [{ url: "https://hooks.slack.com/services/T0/B0/x" }, true],
    [{ url: "http://127.0.0.1:8080/hook" }, true],
    [{ url: "ftp://example.com" }, false],
    [{ url: "hooks.slack.com/services/T0/B0/x" }, false],
    [{}, false],
    [{ url: "https://a/", mention: { error: "<!here>", warn: "U012ABCDEF", info: "S012ABCDEF" } }, true],
    [{ url: "https://a/", mention: { error: "@here" } }, false],
    [{ url: "https://a/", mention: { error: "<https://evil|x>" } }, false],
    [{ url: "https://a/", mention: { fatal: "<!here>" } }, false],
    [{ url: "https://a/", digestWindow: "30" }, false],
    [{ url: "https://a/", digestAfter: -1 }, false],
    [
      { url: "https://a/", fields: Object.fromEntries("abcdefghijk".split("").map((key) => [key, "x"])) },
      false,
    ],
  ])("%j is valid: %s", (options, valid) => {
    expect(validate({ ...defaults, ...options })).toBe(valid);
  });

  it("want by default what concerns this VM", () => {
    expect(slack.when).toEqual({ scope: "self", types: ["io.forewarn.scheduledevent.*"] });
  });

  it("cut batches that can be told in time at one message per second", () => {
    const { batch } = slack;
    if (typeof batch !== "function") throw new Error("no function");
    expect(batch({ ...defaults, url: "" }).maxEvents).toBe(100);
    expect(batch({ ...defaults, url: "", digestAfter: 0 }).maxEvents).toBe(5);
  });

  it.each([
    ["https://acme.slack.com/archives/C012345", "is no webhook's"],
    ["https://hooks.slack.com/triggers/T0/1/abc", "leads to a workflow"],
    ["https://hooks.slack.com/services/T0/B0", "is no webhook's"],
    ["https://user:pass@example.com/x", "no user and no password"],
    ["mailto:ops@example.com", "must be an http or https URL"],
  ])("%s is refused at the start, and not shown", async (url, why) => {
    const error: unknown = await openSink({ url }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "FOREWARN_MISCONFIGURED", message: expect.stringContaining(why) });
    expect(String(error)).toContain("option url");
    expect(String(error)).not.toContain(url);
    expect(() => slack.check?.({ ...defaults, url })).toThrow(why);
  });

  it("with a wrong template are refused at the start, with the place and the cure", async () => {
    const options = {
      ...defaults,
      url: "https://hooks.slack.com/services/T0/B0/x",
      fields: { Team: "{{ data.vm.tags.team }} of {{ data.vm.nam }}" },
    };
    const message = /fields\.Team.*character 39.*data\.vm\.name/s;
    await expect(openSink(options)).rejects.toMatchObject({ code: "FOREWARN_MISCONFIGURED" });
    await expect(openSink(options)).rejects.toThrow(message);
    expect(() => slack.check?.(options)).toThrow(message);
  });
});
