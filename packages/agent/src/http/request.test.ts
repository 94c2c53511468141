import { once } from "node:events";
import { describe, expect, onTestFinished, test } from "vitest";
import { closedPort, serveHttp, serveTcp } from "./fixtures/loopback.ts";
import { createSinkHttp, type SinkHttp } from "./request.ts";

function sinkHttp(): SinkHttp {
  const http = createSinkHttp();
  onTestFinished(() => http.close());
  return http;
}

/** What each of them rejects with. */
async function failures(asked: readonly Promise<unknown>[]): Promise<readonly Error[]> {
  const settled = await Promise.allSettled(asked);
  return settled.map((result) =>
    result.status === "rejected" ? (result.reason as Error) : new Error("an answer"),
  );
}

describe("request", () => {
  test("sends what it is told, and returns what came", async () => {
    const server = await serveHttp((request, response) => {
      let body = "";
      request.on("data", (chunk) => (body += chunk));
      request.on("end", () => {
        const { method, url, headers } = request;
        response.writeHead(202, { "x-answer": "yes" });
        response.end(JSON.stringify({ method, url, type: headers["content-type"], body }));
      });
    });
    const { request } = sinkHttp();
    const answer = await request(`${server.origin}/a%20b?c=d&e#f`, {
      method: "PUT",
      headers: { "content-type": "text/plain" },
      body: "é",
    });
    expect([answer.statusCode, answer.headers["x-answer"]]).toEqual([202, "yes"]);
    expect(JSON.parse(await answer.body.text())).toEqual({
      method: "PUT",
      url: "/a%20b?c=d&e",
      type: "text/plain",
      body: "é",
    });
  });

  test("keeps its connections, and asks with GET by default", async () => {
    const methods: unknown[] = [];
    const server = await serveHttp(({ method }, response) => {
      methods.push(method);
      response.end("x");
    });
    const { request } = sinkHttp();
    for (let n = 0; n < 5; n++) {
      for (const url of [server.origin, new URL(server.origin)]) await (await request(url)).body.dump();
    }
    expect(methods).toEqual(Array.from({ length: 10 }, () => "GET"));
    // The answer may be read before the connection is ready for the next request.
    expect(server.connections()).toBeLessThanOrEqual(2);
  });

  test.each([301, 302, 303, 307, 308])("does not follow %d", async (status) => {
    const asked: unknown[] = [];
    const server = await serveHttp(({ url }, response) => {
      asked.push(url);
      response.writeHead(status, { location: "/elsewhere" }).end();
    });
    const http = sinkHttp();
    const answer = await http.request(`${server.origin}/r`, { method: "POST", body: "x" });
    await answer.body.dump();
    expect([answer.statusCode, answer.headers["location"]]).toEqual([status, "/elsewhere"]);
    const fetched = await http.fetch(`${server.origin}/f`, { method: "POST", body: "x", redirect: "follow" });
    expect([fetched.status, fetched.headers.get("location")]).toEqual([status, "/elsewhere"]);
    expect(asked).toEqual(["/r", "/f"]);
  });

  test("an error status is an answer", async () => {
    const server = await serveHttp((_, response) => response.writeHead(503).end("later"));
    const answer = await sinkHttp().request(server.origin);
    expect([answer.statusCode, await answer.body.text()]).toEqual([503, "later"]);
  });
});

describe("no answer", () => {
  const path = "/hooks/s3cret?token=s3cret";

  test.each([
    ["nobody listens", async () => `http://127.0.0.1:${await closedPort()}`, "connect ECONNREFUSED"],
    ["nobody listens at any address", async () => `http://localhost:${await closedPort()}`, "ECONNREFUSED"],
    ["the name is unknown", async () => "http://nobody.invalid", "ENOTFOUND nobody.invalid|EAI_AGAIN"],
    [
      "the connection is reset",
      async () => (await serveTcp((socket) => socket.on("data", () => socket.resetAndDestroy()))).origin,
      "ECONNRESET",
    ],
    [
      "the connection ends",
      async () => (await serveTcp((socket) => socket.on("data", () => socket.end()))).origin,
      "other side closed",
    ],
    [
      "it is no HTTP",
      async () => (await serveTcp((socket) => socket.end("220 mail.example.com ESMTP\r\n"))).origin,
      "HTTP",
    ],
  ])("%s: a retry that names origin and cause, not the path", async (_, place, cause) => {
    const origin = await place();
    const { request, fetch } = sinkHttp();
    const asked = [request(origin + path, { method: "POST", body: "s3cret" }), fetch(origin + path)];
    for (const error of await failures(asked)) {
      expect(error).toMatchObject({ name: "RetryError", code: "FOREWARN_RETRY" });
      expect(error.message).toMatch(new RegExp(`^no answer from ${origin}: .*(${cause})`));
      expect(error.message).not.toMatch(/s3cret|undefined|fetch failed|\n/);
    }
  });

  test.each([
    ["not a URL", "the URL is not an http or https URL"],
    ["ftp://example.com/s3cret", "the URL is not an http or https URL"],
    ["file:///etc/s3cret", "the URL is not an http or https URL"],
    [
      "https://me:s3cret@example.com/",
      "the URL of https://example.com holds a user or a password, which are not sent: use a header",
    ],
  ])("%s needs a person", async (url, message) => {
    const { request, fetch } = sinkHttp();
    for (const error of await failures([request(url), fetch(url)]))
      expect(error).toMatchObject({ code: "FOREWARN_MISCONFIGURED", message });
  });

  test("a header that cannot be sent needs a person, who is told which", async () => {
    const server = await serveHttp((_, response) => response.end());
    const asked = sinkHttp().request(server.origin, { headers: { authorization: "Bearer s3cret\nx" } });
    await expect(asked).rejects.toMatchObject({
      code: "FOREWARN_MISCONFIGURED",
      message: `the request to ${server.origin} cannot be sent: invalid authorization header (UND_ERR_INVALID_ARG)`,
    });
  });
});

describe("abort", () => {
  const soon = 100;

  async function timed(asked: Promise<unknown>): Promise<{ error: unknown; ms: number }> {
    const began = performance.now();
    const error = await asked.then(
      () => "an answer",
      (thrown: unknown) => thrown,
    );
    return { error, ms: performance.now() - began };
  }

  test.each(["request", "fetch"] as const)("%s ends at once, with the reason given", async (way) => {
    const server = await serveTcp(() => {});
    const http = sinkHttp();
    const times: number[] = [];
    for (const reason of [undefined, new Error("no answer within 20 ms"), undefined]) {
      const abort = new AbortController();
      setTimeout(() => abort.abort(reason), 20);
      const { error, ms } = await timed(http[way](server.origin, { signal: abort.signal }));
      expect(error).toMatchObject(reason ?? { name: "AbortError" });
      times.push(ms);
    }
    // The machine may be busy once, but not each time.
    expect(Math.min(...times)).toBeLessThan(20 + soon);
  });

  test.each(["request", "fetch"] as const)("%s that was aborted before connects nowhere", async (way) => {
    const server = await serveTcp(() => {});
    const { error } = await timed(sinkHttp()[way](server.origin, { signal: AbortSignal.abort() }));
    expect(error).toMatchObject({ name: "AbortError" });
    expect(server.connections()).toBe(0);
  });

  test("ends a body that never ends", async () => {
    const server = await serveHttp((_, response) => response.writeHead(200).write("the beginning"));
    const abort = new AbortController();
    const answer = await sinkHttp().request(server.origin, { signal: abort.signal });
    setTimeout(() => abort.abort(), 20);
    const { error, ms } = await timed(answer.body.text());
    expect(error).toMatchObject({ name: "AbortError" });
    expect(ms).toBeLessThan(1000);
  });

  test("close ends what is under way", async () => {
    const server = await serveTcp(() => {});
    const http = createSinkHttp();
    const asked = timed(http.request(server.origin));
    while (server.connections() === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await http.close();
    expect((await asked).error).toMatchObject({ code: "FOREWARN_RETRY" });
  });
});

describe("fetch", () => {
  test("takes what the global fetch takes: a text, a URL, a Request, a form", async () => {
    const bodies: string[] = [];
    const server = await serveHttp(async (request, response) => {
      let body = "";
      request.on("data", (chunk) => (body += chunk));
      await once(request, "end");
      bodies.push(`${request.method} ${request.headers["x-a"]} ${body.includes("hello")}`);
      response.end("ok");
    });
    const { fetch } = sinkHttp();
    const form = new FormData();
    form.set("text", "hello");
    const post = { method: "POST", headers: new Headers({ "x-a": "1" }) };
    await fetch(server.origin, { ...post, body: "hello" });
    await fetch(new URL(server.origin), { ...post, body: new TextEncoder().encode("hello") });
    await fetch(new Request(server.origin, { ...post, body: "hello" }));
    const answer = await fetch(server.origin, { ...post, body: form });
    expect(await answer.text()).toBe("ok");
    expect(bodies).toEqual(Array.from({ length: 4 }, () => "POST 1 true"));
  });
});
