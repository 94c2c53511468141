import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { scheduled } from "./fixtures/events.ts";
import { openSink } from "./fixtures/open-sink.ts";
import { type Receiver, type Reply, says, startReceiver } from "./fixtures/receiver.ts";
import { slack } from "./slack.ts";
import { secretPaths } from "@forewarn/sdk";

let receiver: Receiver;

beforeEach(async () => {
  receiver = await startReceiver();
});

afterEach(() => receiver.close());

/** Everything that could end in a log or a dead letter. */
const everything = (value: unknown) => inspect(value, { depth: 10, showHidden: true, maxStringLength: null });

function parts(url: string): readonly string[] {
  const { pathname } = new URL(url);
  return [url, pathname, ...pathname.split("/").filter((part) => part.length > 8)];
}

/** Repeats the path in whatever forms a server might. */
const echo =
  (status: number): Reply =>
  (response) => {
    const { pathname } = new URL(receiver.url);
    response
      .writeHead(status)
      .end(`${receiver.url} ${pathname} ${encodeURIComponent(pathname)} {"error":"x"}`);
  };

describe("the URL is in no error and no log", () => {
  it("is declared as a secret", () => {
    expect(secretPaths(slack.options)).toEqual(["url"]);
  });

  it.each([200, 302, 400, 401, 403, 404, 410, 413, 418, 429, 500])("when %d repeats it", async (status) => {
    receiver.reply = echo(status);
    const { errorOf, logged } = await openSink({ url: receiver.url });
    const shown = everything([await errorOf([scheduled()]), logged]);
    for (const secret of parts(receiver.url)) expect(shown).not.toContain(secret);
  });

  it("when a batch is told in part", async () => {
    receiver.next.push(says(200, "ok"), echo(503));
    const { errorOf } = await openSink({ url: receiver.url });
    const error = await errorOf([scheduled(), scheduled({ eventId: "b" })]);
    expect(error?.code).toBe("FOREWARN_PARTIAL_DELIVERY");
    for (const secret of parts(receiver.url)) expect(everything(error)).not.toContain(secret);
  });

  it.each([
    [
      "TypeError",
      (url: string) => new TypeError(`Failed to parse URL from ${url}`, { cause: new Error(url) }),
    ],
    ["an object", (url: string) => ({ message: `no way to ${url}`, url })],
    ["a text", (url: string) => `no way to ${url}`],
  ])("when fetch throws %s that names it", async (_, make) => {
    const fetch = () => Promise.reject(make(receiver.url) as Error);
    const { errorOf } = await openSink({ url: receiver.url }, { fetch });
    const error = await errorOf([scheduled()]);
    expect(error?.code).toBe("FOREWARN_RETRY");
    for (const secret of parts(receiver.url)) expect(everything(error)).not.toContain(secret);
  });

  it("when blocks are refused", async () => {
    receiver.next.push(says(400, "invalid_blocks"));
    const { deliver, logged } = await openSink({ url: receiver.url });
    await deliver([scheduled()]);
    expect(logged).toHaveLength(1);
    for (const secret of parts(receiver.url)) expect(everything(logged)).not.toContain(secret);
  });
});
