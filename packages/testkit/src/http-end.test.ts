import { createSinkHttp } from "@forewarn/agent/http";
import { afterEach, describe, expect, test } from "vitest";
import type { Behaviour, OtherEnd } from "./harness.ts";
import { type HttpEndOptions, startHttpEnd } from "./http-end.ts";
import { story } from "./samples.ts";

const [event] = story(1);
const cleanups: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

/** An end whose deliveries are ids, and a client that tells what came of a request. */
async function startEnd(given: Partial<HttpEndOptions> = {}) {
  const end = await startHttpEnd({
    options: (url) => ({ url }),
    read: ({ body }) => [{ id: body.toString() }],
    ...given,
  });
  const http = createSinkHttp({ environment: {} });
  cleanups.push(http.close, end.close);

  async function post(
    body = "one",
    method: "POST" | "HEAD" = "POST",
    signal?: AbortSignal,
  ): Promise<unknown> {
    try {
      const answer = await http.request(end.options["url"] as string, {
        method,
        ...(method === "POST" ? { body } : {}),
        ...(signal === undefined ? {} : { signal }),
      });
      const text = await answer.body.text().catch(() => "broken off");
      return [answer.statusCode, text.startsWith("{") ? "echo" : text];
    } catch (error) {
      return (error as { readonly code?: unknown }).code ?? (error as Error).name;
    }
  }
  return { end, post };
}

async function idsAt(end: OtherEnd): Promise<readonly (string | undefined)[]> {
  return (await end.received()).map(({ id }) => id);
}

test.each<[Behaviour["kind"], unknown, readonly string[]]>([
  ["accept", [200, "echo"], ["one"]],
  ["reject", [400, "echo"], []],
  ["retry", [503, "echo"], []],
  ["misconfigured", [401, "echo"], []],
  ["reset-before-answer", "FOREWARN_RETRY", []],
  ["reset-in-acceptance", [200, "broken off"], ["one"]],
  ["reset-in-refusal", [503, "broken off"], []],
  ["down", "FOREWARN_RETRY", []],
])("%s", async (kind, answered, received) => {
  const { end, post } = await startEnd();
  await end.behave({ kind } as Behaviour);
  expect(await post()).toEqual(answered);
  expect(await idsAt(end)).toEqual(received);
  await end.behave({ kind: "accept" });
  expect(await post("two")).toEqual([200, "echo"]);
  expect(await idsAt(end)).toEqual([...received, "two"]);
});

test("throttle answers with the Retry-After that it was told", async () => {
  const { end } = await startEnd();
  await end.behave({ kind: "throttle", retryAfter: "soon" });
  const answer = await fetch(end.options["url"] as string, { method: "POST", body: "one" });
  expect([answer.status, answer.headers.get("retry-after")]).toEqual([429, "soon"]);
});

test("refuse-one refuses the one, and takes others", async () => {
  const { end, post } = await startEnd();
  await end.behave({ kind: "refuse-one", event: event as NonNullable<typeof event> });
  expect(await post(event?.id)).toEqual([400, "echo"]);
  expect(await post("two")).toEqual([200, "echo"]);
  expect(await idsAt(end)).toEqual(["two"]);
});

test("hang counts the attempt and never answers, until it is closed", async () => {
  const { end, post } = await startEnd();
  await end.behave({ kind: "hang" });
  const abort = new AbortController();
  const [left, aborted] = [post("one"), post("two", "POST", abort.signal)];
  await expect.poll(() => end.attempts?.()).toBe(2);
  abort.abort();
  expect(await aborted).toBe(20);
  await end.close();
  expect(await left).toBe("FOREWARN_RETRY");
});

test("a request that breaks off is no delivery, and no fault of the end", async () => {
  const { end, post } = await startEnd();
  const abort = new AbortController();
  const body = new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode("on"));
      setTimeout(() => abort.abort(), 20);
    },
  });
  const url = end.options["url"] as string;
  const broken = fetch(url, { method: "POST", body, duplex: "half", signal: abort.signal } as RequestInit);
  await expect(broken).rejects.toThrow("aborted");
  expect(await post("two")).toEqual([200, "echo"]);
  expect([end.attempts?.(), await idsAt(end)]).toEqual([1, ["two"]]);
});

describe("requests that carry no events", () => {
  test("are no attempts, and meet the same behaviour", async () => {
    const { end, post } = await startEnd();
    expect(await post("", "HEAD")).toEqual([204, ""]);
    await end.behave({ kind: "misconfigured" });
    expect(await post("", "HEAD")).toEqual([401, ""]);
    expect([end.attempts?.(), await idsAt(end)]).toEqual([0, []]);
  });

  test("may be spared", async () => {
    const { end, post } = await startEnd({ isSpared: ({ method }) => method === "HEAD" });
    await end.behave({ kind: "misconfigured" });
    expect(await post("", "HEAD")).toEqual([204, ""]);
    expect(await post()).toEqual([401, "echo"]);
  });
});

test("a service's own answers are given", async () => {
  const { end, post } = await startEnd({ answers: { accept: { status: 200, body: "ok" } } });
  expect(await post()).toEqual([200, "ok"]);
  await end.behave({ kind: "reject" });
  expect(await post()).toEqual([400, "echo"]);
});

test("a delivery that cannot be read is told by received", async () => {
  const { end, post } = await startEnd({ read: ({ body }) => JSON.parse(body.toString()) as [] });
  expect(await post("{")).toBe("FOREWARN_RETRY");
  expect(() => end.received()).toThrow("a delivery could not be read");
});
