import { MisconfiguredError } from "@forewarn/sdk";
import { describe, expect, test } from "vitest";
import { meaningOf } from "./failure.ts";

const origin = "https://hooks.example.com";
const meaning = (error: unknown) => meaningOf(error, origin) as Error & { code: string };
const coded = (code: string, message = "it failed") => Object.assign(new Error(message), { code });

describe("meaningOf", () => {
  test.each([
    "CERT_HAS_EXPIRED",
    "CERT_NOT_YET_VALID",
    "CERT_REVOKED",
    "HOSTNAME_MISMATCH",
    "INVALID_CA",
    "ERR_TLS_CERT_ALTNAME_INVALID",
  ])("%s is a certificate that a person must see to", (code) => {
    expect(meaning(coded(code))).toMatchObject({
      code: "FOREWARN_MISCONFIGURED",
      message: `the certificate of ${origin} was not accepted: it failed (${code})`,
    });
  });

  test.each([
    "DEPTH_ZERO_SELF_SIGNED_CERT",
    "SELF_SIGNED_CERT_IN_CHAIN",
    "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
    "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  ])("%s can be cured by trust", (code) => {
    expect(meaning(coded(code))).toMatchObject({
      code: "FOREWARN_MISCONFIGURED",
      message: `the certificate of ${origin} was not accepted: it failed (${code}); trust who signed it with \`tls: { ca: FILE }\``,
    });
  });

  test("the proxy on the way is named, without its password", () => {
    const proxy = new URL("http://me:s3cret@proxy:3128");
    const of = (error: Error) => (meaningOf(error, origin, proxy) as Error).message;
    expect(of(coded("ECONNRESET"))).toBe(
      `no answer from ${origin} through the proxy http://proxy:3128: it failed (ECONNRESET)`,
    );
    expect(of(coded("CERT_HAS_EXPIRED"))).toBe(
      `the certificate of ${origin} through the proxy http://proxy:3128 was not accepted: it failed (CERT_HAS_EXPIRED)`,
    );
    expect(of(coded("ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED"))).toBe(
      `no TLS connection with ${origin} through the proxy http://proxy:3128: it failed (ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED); if it asks for a client certificate, give one that it accepts with \`tls: { cert, key }\``,
    );
  });

  test.each(["ECONNRESET", "ETIMEDOUT", "EAI_AGAIN", "UND_ERR_CONNECT_TIMEOUT", "UND_ERR_SOCKET", "EPROTO"])(
    "%s may pass",
    (code) => {
      const error = coded(code);
      expect(meaning(error)).toMatchObject({
        code: "FOREWARN_RETRY",
        message: `no answer from ${origin}: it failed (${code})`,
        cause: error,
      });
    },
  );

  test("a code is said once", () => {
    expect(meaning(coded("ECONNRESET", "read ECONNRESET")).message).toBe(
      `no answer from ${origin}: read ECONNRESET`,
    );
  });

  test("of several addresses the first failure counts", () => {
    const error = Object.assign(new AggregateError([coded("ECONNREFUSED"), coded("ENETUNREACH")]), {
      code: "ECONNREFUSED",
    });
    expect(meaning(error).message).toBe(`no answer from ${origin}: it failed (ECONNREFUSED)`);
  });

  test("what fetch hides is looked for", () => {
    const refusal = new MisconfiguredError("refused to connect");
    expect(meaning(new TypeError("fetch failed", { cause: refusal }))).toBe(refusal);
    expect(meaning(new TypeError("fetch failed", { cause: coded("ECONNRESET") })).message).toContain(
      "ECONNRESET",
    );
  });

  test("an abort and a delivery error stay what they are, whatever their code is", () => {
    for (const error of [new DOMException("aborted", "AbortError"), new MisconfiguredError("no")])
      expect(meaning(error)).toBe(error);
    expect(meaning(new DOMException("timed out", "TimeoutError"))).toMatchObject({ code: "FOREWARN_RETRY" });
  });

  test("an error that says nothing is named", () => {
    expect(meaning(new TypeError("")).message).toBe(`no answer from ${origin}: TypeError`);
  });
});
