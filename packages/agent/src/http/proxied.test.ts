import send from "undici/lib/api/api-request.js";
import { describe, expect, onTestFinished, test } from "vitest";
import { closedPort, serveHttp, serveTcp } from "./fixtures/loopback.ts";
import { type ProxyBehaviour, serveProxy } from "./fixtures/proxy.ts";
import { createProxiedPool } from "./proxied-pool.ts";
import { createSinkHttp, type SinkHttp, type SinkHttpOptions } from "./request.ts";

function sinkHttp(options: SinkHttpOptions): SinkHttp {
  const http = createSinkHttp({ environment: {}, ...options });
  onTestFinished(() => http.close());
  return http;
}

/** What `request` and `fetch` make of a POST there: an answer's text, or an error. */
async function outcomes(http: SinkHttp, url: string): Promise<readonly unknown[]> {
  const post = { method: "POST", body: "s3cret" } as const;
  const asked = [
    http.request(url, post).then(({ body }) => body.text()),
    http.fetch(url, post).then((answer) => answer.text()),
  ];
  return Promise.all(asked.map((one) => one.catch((error: unknown) => error)));
}

/** A receiver that says what reached it. */
const serveEcho = () =>
  serveHttp((request, response) => {
    let body = "";
    request.on("data", (chunk) => (body += chunk));
    const { method, url, headers } = request;
    const via = headers["via"] ?? "direct";
    request.on("end", () => response.end(`${method} ${headers.host} ${url} ${body} ${via}`));
  });

describe("through a proxy", () => {
  test("http is forwarded, with the user and the password of its URL", async () => {
    const receiver = await serveEcho();
    const proxy = await serveProxy({ login: "me:p@ss:w/rd" });
    const http = sinkHttp({ proxy: `http://me:p%40ss:w%2Frd@127.0.0.1:${proxy.port}` });
    const url = `http://receiver.test:${receiver.port}/a?b`;
    const text = `POST receiver.test:${receiver.port} /a?b s3cret 1.1 test`;
    expect(await outcomes(http, url)).toEqual([text, text]);
    expect(proxy.asked).toEqual([`POST ${url}`, `POST ${url}`]);
  });

  test("http keeps its connections to the proxy", async () => {
    const receiver = await serveEcho();
    const proxy = await serveProxy();
    const { request } = sinkHttp({ proxy: proxy.origin });
    for (let n = 0; n < 10; n++) {
      const { body } = await request(`http://a.test:${receiver.port}`);
      expect(await body.text()).toContain("1.1 test");
    }
    expect(proxy.connections()).toBeLessThanOrEqual(2);
  });

  test("a status of the destination is an answer, also 403 and 503", async () => {
    for (const status of [403, 503]) {
      const receiver = await serveHttp((_, response) =>
        response.writeHead(status).end("told by the destination"),
      );
      const proxy = await serveProxy();
      const answer = await sinkHttp({ proxy: proxy.origin }).request(`http://a.test:${receiver.port}`);
      expect([answer.statusCode, await answer.body.text()]).toEqual([status, "told by the destination"]);
    }
  });
});

describe("a proxy that does not let a request pass", () => {
  const destination = {
    http: "http://receiver.test:8443/hooks/s3cret",
    https: "https://receiver.test:8443/hooks/s3cret",
  };

  test.each(["http", "https"] as const)(
    "%s: 407 without a password, and with a wrong one",
    async (scheme) => {
      const proxy = await serveProxy({ login: "me:right" });
      for (const error of await outcomes(sinkHttp({ proxy: proxy.origin }), destination[scheme])) {
        expect(error).toMatchObject({
          code: "FOREWARN_MISCONFIGURED",
          status: 407,
          message: `the proxy ${proxy.origin} answered 407: it asks for a user and a password, write http://USER:PASSWORD@HOST:PORT`,
        });
      }
      const wrong = sinkHttp({ proxy: `http://me:s3cret@127.0.0.1:${proxy.port}` });
      for (const error of await outcomes(wrong, destination[scheme])) {
        expect(error).toMatchObject({
          code: "FOREWARN_MISCONFIGURED",
          message: `the proxy ${proxy.origin} answered 407: it does not accept the user and the password in its URL`,
        });
      }
    },
  );

  test.each([
    [
      403,
      "FOREWARN_MISCONFIGURED",
      " to CONNECT: it does not let this sink through; allow the destination there, or use another proxy",
    ],
    [
      405,
      "FOREWARN_MISCONFIGURED",
      " to CONNECT: it does not let this sink through; allow the destination there, or use another proxy",
    ],
    [
      302,
      "FOREWARN_MISCONFIGURED",
      " to CONNECT: it does not let this sink through; allow the destination there, or use another proxy",
    ],
    [502, "FOREWARN_RETRY", ": it does not reach the destination"],
    [503, "FOREWARN_RETRY", ": it does not reach the destination"],
  ])("%d to CONNECT", async (status, code, said) => {
    const proxy = await serveProxy({ refuse: status });
    for (const error of await outcomes(sinkHttp({ proxy: proxy.origin }), destination.https)) {
      expect(error).toMatchObject({
        code,
        status,
        message: `the proxy ${proxy.origin} answered ${status}${said}`,
      });
    }
    expect(proxy.asked).toEqual(["CONNECT receiver.test:8443", "CONNECT receiver.test:8443"]);
  });

  test.each(["http", "https"] as const)("%s: one that is down is tried again", async (scheme) => {
    const origin = `http://127.0.0.1:${await closedPort()}`;
    const http = sinkHttp({ proxy: origin.replace("//", "//me:s3cret@") });
    for (const error of await outcomes(http, destination[scheme])) {
      expect(error).toMatchObject({ code: "FOREWARN_RETRY" });
      expect((error as Error).message).toMatch(
        new RegExp(`^no answer from the proxy ${origin}: connect ECONNREFUSED`),
      );
      expect((error as Error).message).not.toContain("s3cret");
    }
  });

  test.each(["http", "https"] as const)("%s: one that hangs up is tried again, once", async (scheme) => {
    const proxy = await serveTcp((socket) => socket.on("data", () => socket.destroy()));
    for (const error of await outcomes(sinkHttp({ proxy: proxy.origin }), destination[scheme])) {
      expect(error).toMatchObject({ code: "FOREWARN_RETRY" });
      expect((error as Error).message).toContain(`the proxy ${proxy.origin}: `);
    }
    expect(proxy.connections()).toBe(2);
  });

  test("one that is no proxy, and speaks no HTTP", async () => {
    const proxy = await serveTcp((socket) => socket.end("220 mail.example.com ESMTP\r\n"));
    for (const error of await outcomes(sinkHttp({ proxy: proxy.origin }), destination.https)) {
      expect(error).toMatchObject({ code: "FOREWARN_RETRY" });
      expect((error as Error).message).toMatch(
        new RegExp(`^no answer from the proxy ${proxy.origin}: .*HTTP`),
      );
    }
  });

  test.each(["http", "https"] as const)("%s: one that never answers ends with the signal", async (scheme) => {
    const proxy = await serveProxy({ silent: true });
    const { request } = sinkHttp({ proxy: proxy.origin });
    const reason = new Error("no answer within 50 ms");
    const abort = new AbortController();
    setTimeout(() => abort.abort(reason), 50);
    await expect(request(destination[scheme], { signal: abort.signal })).rejects.toBe(reason);
    expect(proxy.asked).toHaveLength(1);
  });

  test("a CONNECT that hangs does not hold up the next request", async () => {
    const behaviour: ProxyBehaviour = { silent: true, refuse: 403 };
    const proxy = await serveProxy(behaviour);
    const { request } = sinkHttp({ proxy: proxy.origin });
    const first = request(destination.https, { signal: AbortSignal.timeout(50) });
    await expect(first).rejects.toMatchObject({ name: "TimeoutError" });
    behaviour.silent = false;
    await expect(request(destination.https)).rejects.toMatchObject({ status: 403 });
  });

  test("a CONNECT without an answer is given up, by itself", async () => {
    const proxy = await serveProxy({ silent: true });
    const pool = createProxiedPool(new URL(proxy.origin), { target: undefined, proxy: undefined }, 100);
    onTestFinished(() => pool.destroy());
    await expect(
      send.call(pool, { origin: "https://receiver.test", path: "/", method: "GET" }),
    ).rejects.toMatchObject({
      code: "FOREWARN_RETRY",
      message: `no answer from the proxy ${proxy.origin} within 100 ms`,
    });
  });

  test("a proxy that cannot be one", async () => {
    for (const error of await outcomes(
      sinkHttp({ proxy: "socks5://me:s3cret@127.0.0.1" }),
      destination.http,
    )) {
      expect(error).toMatchObject({ code: "FOREWARN_MISCONFIGURED" });
      expect((error as Error).message).toMatch(/^the sink's proxy is the URL of a socks5 proxy/);
    }
  });
});

describe("the guard holds", () => {
  const said = "sinks may not reach link-local addresses or Azure's wire server; use another";

  test("for the destination, where it is written as an address", async () => {
    const proxy = await serveProxy();
    const http = sinkHttp({ proxy: proxy.origin });
    for (const [host, shown] of [
      ["169.254.169.254", "169.254.169.254"],
      ["0xa9fea9fe", "169.254.169.254"],
      ["168.63.129.16", "168.63.129.16"],
      ["[fe80::1]", "[fe80::1]"],
    ]) {
      for (const scheme of ["http", "https"]) {
        const refusal = {
          code: "FOREWARN_MISCONFIGURED",
          message: `refused to connect to ${shown}: ${said} URL`,
        };
        for (const error of await outcomes(http, `${scheme}://${host}/metadata/identity`))
          expect(error).toMatchObject(refusal);
      }
    }
    expect(proxy.connections()).toBe(0);
  });

  test("for the proxy", async () => {
    for (const proxy of [
      "http://169.254.169.254:80",
      "https://168.63.129.16:3128",
      "http://[fe80::1]:3128",
    ]) {
      const shown = new URL(proxy).hostname.replace(/[[\]]/g, "");
      for (const url of ["http://receiver.test/", "https://receiver.test/"]) {
        for (const error of await outcomes(sinkHttp({ proxy }), url)) {
          expect(error).toMatchObject({
            code: "FOREWARN_MISCONFIGURED",
            message: `refused to connect to the proxy ${shown}: ${said} proxy`,
          });
        }
      }
    }
  });
});

describe("which way", () => {
  test("by the environment, except to loopback and what NO_PROXY names", async () => {
    const receiver = await serveEcho();
    const proxy = await serveProxy();
    const environment = { http_proxy: proxy.origin, NO_PROXY: "direct.test" };
    const http = sinkHttp({ environment });
    expect((await outcomes(http, `http://receiver.test:${receiver.port}/`))[0]).toContain("1.1 test");
    for (const host of ["127.0.0.1", "localhost"])
      expect((await outcomes(http, `http://${host}:${receiver.port}/`))[0]).toContain("direct");
    // No such name: only a direct connection looks it up.
    const [error] = await outcomes(http, `http://direct.test:${receiver.port}/`);
    expect((error as Error).message).toMatch(/^no answer from http:\/\/direct\.test:\d+: getaddrinfo/);
    expect(proxy.asked).toHaveLength(2);
  });

  test("`off` is direct, whatever the environment says", async () => {
    const receiver = await serveEcho();
    const environment = { HTTP_PROXY: `http://127.0.0.1:${await closedPort()}` };
    const http = sinkHttp({ proxy: "off", environment });
    expect(http.proxyFor("http://receiver.test")).toBeUndefined();
    expect((await outcomes(http, receiver.origin))[0]).toContain("direct");
  });

  test("a proxy of the sink is for loopback, too", async () => {
    const receiver = await serveEcho();
    const proxy = await serveProxy();
    const http = sinkHttp({ proxy: proxy.origin, environment: { NO_PROXY: "*" } });
    expect((await outcomes(http, receiver.origin))[0]).toContain("1.1 test");
    expect(http.proxyFor(receiver.origin)?.origin).toBe(proxy.origin);
  });
});

test("close ends what is under way, also a CONNECT without an answer", async () => {
  const proxy = await serveProxy({ silent: true });
  const http = createSinkHttp({ proxy: proxy.origin });
  const asked = outcomes(http, "https://receiver.test/");
  while (proxy.asked.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
  await http.close();
  for (const error of await asked) expect(error).toMatchObject({ code: "FOREWARN_RETRY" });
});
