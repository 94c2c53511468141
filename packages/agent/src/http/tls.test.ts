import { expect, onTestFinished, test } from "vitest";
import { makeCertificate, serveHttp, serveTcp, serveTls } from "./fixtures/loopback.ts";
import { createSinkHttp } from "./request.ts";

/** What comes of asking there: the same whether by `request` or by `fetch`. */
async function refusals(url: string): Promise<readonly unknown[]> {
  const http = createSinkHttp();
  onTestFinished(() => http.close());
  return Promise.all(
    [http.request(url), http.fetch(url)].map((asked) => asked.catch((error: unknown) => error)),
  );
}

test("a certificate signed by itself needs a person; no request is sent", async () => {
  let requests = 0;
  const certificate = makeCertificate("IP:127.0.0.1,DNS:localhost");
  const server = await serveTls(certificate, (_, response) => {
    requests++;
    response.end();
  });
  for (const refusal of await refusals(`${server.origin}/hooks/s3cret`)) {
    expect(refusal).toMatchObject({ name: "MisconfiguredError", code: "FOREWARN_MISCONFIGURED" });
    expect((refusal as Error).message).toBe(
      `the certificate of ${server.origin} was not accepted: self-signed certificate (DEPTH_ZERO_SELF_SIGNED_CERT); trust who signed it with \`tls: { ca: FILE }\``,
    );
  }
  expect(requests).toBe(0);
});

test("plain HTTP where TLS is spoken, told on one line", async () => {
  const server = await serveHttp((_, response) => response.end());
  const origin = `https://127.0.0.1:${server.port}`;
  for (const refusal of await refusals(origin)) {
    expect(refusal).toMatchObject({
      code: "FOREWARN_MISCONFIGURED",
      message: `no TLS connection with ${origin}: wrong version number (ERR_SSL_WRONG_VERSION_NUMBER)`,
    });
  }
});

test("a connection that is reset during the handshake is tried again", async () => {
  const server = await serveTcp((socket) => socket.on("data", () => socket.resetAndDestroy()));
  for (const refusal of await refusals(`https://127.0.0.1:${server.port}`)) {
    expect(refusal).toMatchObject({ code: "FOREWARN_RETRY" });
  }
});
