import { X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import type { Logger } from "@forewarn/sdk";
import { afterAll, describe, expect, onTestFinished, test } from "vitest";
import { silentLogger } from "../logger.ts";
import { createVirtualClock } from "../time/virtual-clock.ts";
import { createAuthority } from "./fixtures/authority.ts";
import { type Certificate, makeCertificate, serveTls } from "./fixtures/loopback.ts";
import { serveMutualTls, serveOpenSsl } from "./fixtures/mutual-tls.ts";
import { serveProxy } from "./fixtures/proxy.ts";
import { createSinkHttp, type SinkHttp, type SinkHttpOptions } from "./request.ts";

const folder = mkdtempSync(join(tmpdir(), "forewarn-mtls-"));
afterAll(() => rmSync(folder, { recursive: true }));

const servers = createAuthority("servers");
const clients = createAuthority("clients");
const client = clients.issue("DNS:client.test");
const serialOf = ({ cert }: Certificate) => new X509Certificate(cert).serialNumber;

function write(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const ca = write("ca.pem", servers.pem);
const cert = write("cert.pem", client.cert);
const key = write("key.pem", client.key);

function sinkHttp(options: SinkHttpOptions): SinkHttp {
  const http = createSinkHttp({ environment: {}, ...options });
  onTestFinished(() => http.close());
  return http;
}

/** What `request` and `fetch` make of a GET there: an answer's text, or an error. */
async function outcomes({ request, fetch }: SinkHttp, url: string): Promise<readonly unknown[]> {
  const asked = [request(url).then(({ body }) => body.text()), fetch(url).then((answer) => answer.text())];
  return Promise.all(asked.map((one) => one.catch((error: unknown) => error)));
}

describe("a server that asks for a client certificate", () => {
  test("gets it, directly and through a CONNECT proxy", async () => {
    const server = await serveMutualTls(servers, clients);
    const proxy = await serveProxy();
    const serial = serialOf(client);
    const tls = { ca, cert, key };
    expect(await outcomes(sinkHttp({ tls }), server.origin)).toEqual([serial, serial]);
    const url = `https://receiver.test:${server.port}`;
    expect(await outcomes(sinkHttp({ tls, proxy: proxy.origin }), url)).toEqual([serial, serial]);
    expect(proxy.asked).toEqual(Array.from({ length: 2 }, () => `CONNECT receiver.test:${server.port}`));
  });

  test("is not believed without its authority: the cure is told", async () => {
    const server = await serveMutualTls(servers, clients);
    for (const error of await outcomes(sinkHttp({ tls: { cert, key } }), server.origin)) {
      expect(error).toMatchObject({
        code: "FOREWARN_MISCONFIGURED",
        message: `the certificate of ${server.origin} was not accepted: unable to verify the first certificate (UNABLE_TO_VERIFY_LEAF_SIGNATURE); trust who signed it with \`tls: { ca: FILE }\``,
      });
    }
  });

  test("is not reached by who shows none, or one of another authority", async () => {
    const server = await serveMutualTls(servers, clients);
    const strange = servers.issue("DNS:client.test");
    const other = { cert: write("strange.pem", strange.cert), key: write("strange-key.pem", strange.key) };
    for (const tls of [{ ca }, { ca, ...other }]) {
      // Servers of Node hang up, with or without a word.
      for (const error of await outcomes(sinkHttp({ tls }), server.origin))
        expect(error).toMatchObject({ code: expect.stringMatching(/^FOREWARN_(RETRY|MISCONFIGURED)$/) });
    }
  });

  test.each([
    ["-tls1_2", "FAILURE"],
    ["-tls1_3", "CERTIFICATE_REQUIRED"],
  ] as const)("and says so (%s), directly or through a proxy: the cure is told", async (version, alert) => {
    const url = `https://127.0.0.1:${await serveOpenSsl(servers, version)}`;
    const { origin } = await serveProxy();
    for (const proxy of [undefined, origin]) {
      const { request, fetch } = sinkHttp({ tls: { ca }, proxy });
      for (const error of [await alerted(() => request(url)), await alerted(() => fetch(url))]) {
        expect(error).toMatchObject({ code: "FOREWARN_MISCONFIGURED" });
        expect(error.message).toMatch(new RegExp(`^no TLS connection with ${url}.*${alert}`));
        expect(error.message).toMatch(
          /; if it asks for a client certificate, give one that it accepts with `tls: \{ cert, key \}`$/,
        );
      }
    }
  });
});

/** What a server's alert becomes: its hanging up may overtake it, and then it is a retry. */
async function alerted(ask: () => Promise<unknown>): Promise<Error> {
  for (let n = 0; ; n++) {
    const error = await ask().catch((thrown: unknown) => thrown);
    if (n === 20 || (error as { code?: string }).code !== "FOREWARN_RETRY") return error as Error;
  }
}

test("an authority of the sink's own is trusted beside those of Node", async () => {
  const before = getCACertificates("default");
  onTestFinished(() => setDefaultCACertificates(before));
  const known = createAuthority("known to Node");
  setDefaultCACertificates([...before, known.pem]);
  const answer = (_: unknown, response: { end(text: string): void }) => response.end("ok");
  const http = sinkHttp({ tls: { ca } });
  for (const authority of [known, servers]) {
    const { origin } = await serveTls(authority.issue("IP:127.0.0.1"), answer);
    expect(await outcomes(http, origin)).toEqual(["ok", "ok"]);
  }
  const { origin } = await serveTls(makeCertificate("IP:127.0.0.1"), answer);
  for (const error of await outcomes(http, origin))
    expect(error).toMatchObject({ code: "FOREWARN_MISCONFIGURED" });
});

describe("a proxy that speaks TLS", () => {
  test("is believed by the sink's authority, and sees no client certificate", async () => {
    const server = await serveMutualTls(servers, clients);
    const plain = await serveTls(servers.issue("IP:127.0.0.1"), (_, response) => response.end("ok"));
    const proxy = await serveProxy({ certificate: servers.issue("IP:127.0.0.1"), login: "me:s3cret" });
    const http = sinkHttp({ tls: { ca, cert, key }, proxy: `https://me:s3cret@127.0.0.1:${proxy.port}` });
    const serial = serialOf(client);
    expect(await outcomes(http, `https://receiver.test:${server.port}`)).toEqual([serial, serial]);
    expect(await outcomes(http, plain.origin)).toEqual(["ok", "ok"]);
    expect(proxy.clientCertificates()).toBe(0);
  });

  test("and that nobody vouches for is named", async () => {
    const proxy = await serveProxy({ certificate: makeCertificate("IP:127.0.0.1") });
    for (const url of ["https://receiver.test", "http://receiver.test"]) {
      for (const error of await outcomes(sinkHttp({ proxy: proxy.origin }), url)) {
        expect(error).toMatchObject({
          code: "FOREWARN_MISCONFIGURED",
          message: `the certificate of the proxy ${proxy.origin} was not accepted: self-signed certificate (DEPTH_ZERO_SELF_SIGNED_CERT); trust who signed it with \`tls: { ca: FILE }\``,
        });
      }
    }
    const elsewhere = await serveProxy({ certificate: servers.issue("DNS:elsewhere.test") });
    for (const error of await outcomes(
      sinkHttp({ proxy: elsewhere.origin, tls: { ca } }),
      "https://receiver.test",
    ))
      expect((error as Error).message).toMatch(
        /^the certificate of the proxy .*ERR_TLS_CERT_ALTNAME_INVALID/,
      );
  });
});

describe("files that change while the agent runs", () => {
  function recorder(): { readonly log: Logger; readonly said: string[] } {
    const said: string[] = [];
    const note = (level: string) => (message: string) =>
      said.push(`${level} ${message.replaceAll(folder, "")}`);
    return { said, log: { ...silentLogger, info: note("info"), warn: note("warn") } };
  }

  test("are used from the next look on; what is broken is warned of once, and the old stays in use", async () => {
    const server = await serveMutualTls(servers, clients);
    const clock = createVirtualClock({ now: Date.now() });
    const { log, said } = recorder();
    const tls = { ca, cert: write("turning.pem", client.cert), key: write("turning-key.pem", client.key) };
    const { request } = sinkHttp({ tls, clock, log });
    const serial = async () => (await request(server.origin)).body.text();
    expect(await serial()).toBe(serialOf(client));

    const next = clients.issue("DNS:client.test");
    writeFileSync(tls.cert, next.cert);
    expect(await serial()).toBe(serialOf(client));
    for (let n = 0; n < 2; n++) {
      await clock.advance(10_000);
      expect(await serial()).toBe(serialOf(client));
    }
    expect(said).toEqual([
      "warn tls.key: /turning-key.pem is not the key of the first certificate of `cert`; give the two that belong together; in `cert`, the client's own certificate comes first; what was there before stays in use",
    ]);

    writeFileSync(tls.key, next.key);
    await clock.advance(10_000);
    expect(await serial()).toBe(serialOf(next));
    expect(said.slice(1)).toEqual(["info tls: the changed files are in use from now on"]);
  });

  test("that were unusable from the start are read again at each request", async () => {
    const server = await serveMutualTls(servers, clients);
    const late = join(folder, "late.pem");
    const http = sinkHttp({ tls: { ca, cert: late, key } });
    for (const error of await outcomes(http, server.origin)) {
      expect(error).toMatchObject({
        code: "FOREWARN_MISCONFIGURED",
        message: `tls.cert: cannot read ${late}: there is no such file; correct the path`,
      });
    }
    expect(server.connections()).toBe(0);
    write("late.pem", client.cert);
    expect(await outcomes(http, server.origin)).toEqual([serialOf(client), serialOf(client)]);
  });

  test("an expired certificate is warned of, and shown all the same: the server decides", async () => {
    const server = await serveMutualTls(servers, clients);
    const { log, said } = recorder();
    const clock = createVirtualClock({ now: Date.now() + 3 * 24 * 3_600_000 });
    const http = sinkHttp({ tls: { ca, cert, key }, clock, log });
    expect(await outcomes(http, server.origin)).toEqual([serialOf(client), serialOf(client)]);
    expect(said).toEqual([
      expect.stringMatching(/^warn tls\.cert: expired on \d{4}-\d\d-\d\d; have a new one issued$/),
      expect.stringMatching(/^warn tls\.ca: expired on \d{4}-\d\d-\d\d; have a new one issued$/),
    ]);
  });
});
