import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type AttestedDocument, verifyAttestedDocument, type VerifyAttestedOptions } from "./attested.ts";
import { CA, type OpensslAuthority, opensslAuthority, whyNoOpenssl } from "./fixtures/openssl-authority.ts";

const why = whyNoOpenssl();
if (why !== undefined) process.stdout.write(`SKIPPED attested documents by openssl: ${why}\n`);

const content = JSON.stringify({
  nonce: "1234567890",
  plan: { name: "planName", product: "planProduct", publisher: "planPublisher" },
  sku: "Windows-Server-2012-R2-Datacenter",
  subscriptionId: "aaaa0a0a-bb1b-cc2c-dd3d-eeeeee4e4e4e",
  timeStamp: { createdOn: "11/30/20 21:19:19 -0000", expiresOn: "11/30/20 21:19:24 -0000" },
  vmId: "02aab8a4-74ef-476e-8182-f6d2ba4166a6",
});
const AZURE = ["subjectAltName=DNS:eastus.metadata.azure.com"];
/** Certificates of openssl 3.0 begin to hold now; the documents are of 2020 and hold for as long as they are told to. */
const tolerant = { toleranceMs: 100 * 365 * 86_400_000 };

describe.skipIf(why !== undefined)("documents that openssl signed", () => {
  let openssl: OpensslAuthority;
  let root: string;

  beforeAll(() => {
    openssl = opensslAuthority();
    root = openssl.issue("root", { subject: "Root", extensions: CA });
    openssl.issue("middle", { subject: "Middle", issuer: "root", extensions: CA });
    openssl.issue("leaf", { subject: "eastus.metadata.azure.com", issuer: "middle", extensions: AZURE });
  });
  afterAll(() => openssl[Symbol.dispose]());

  const verify = (document: AttestedDocument, options: VerifyAttestedOptions = {}) =>
    verifyAttestedDocument(document, { trustedRoots: [root], ...tolerant, ...options });

  const leafOf = (name: string, extensions: readonly string[], issuer = "middle") => {
    openssl.issue(name, { subject: name, issuer, extensions });
    return openssl.sign(content, name, ["middle"]);
  };

  test.each([
    ["with signed attributes", []],
    ["without them, as Azure's", ["-noattr"]],
    ["with SHA-512", ["-md", "sha512"]],
  ])("%s", async (_, flags) => {
    const document = openssl.sign(content, "leaf", ["middle"], flags);
    const { payload, certificates } = await verify(document, { nonce: "1234567890" });
    expect(payload).toEqual({
      nonce: "1234567890",
      vmId: "02aab8a4-74ef-476e-8182-f6d2ba4166a6",
      subscriptionId: "aaaa0a0a-bb1b-cc2c-dd3d-eeeeee4e4e4e",
      sku: "Windows-Server-2012-R2-Datacenter",
      licenseType: "",
      plan: { name: "planName", product: "planProduct", publisher: "planPublisher" },
      createdOn: Date.parse("2020-11-30T21:19:19Z"),
      expiresOn: Date.parse("2020-11-30T21:19:24Z"),
    });
    expect(certificates.map(({ subject }) => subject)).toEqual([
      "CN=eastus.metadata.azure.com",
      "CN=Middle",
      "CN=Root",
    ]);
  });

  test("with an RSA key, as Azure's", async () => {
    openssl.issue("rsa", { subject: "rsa", issuer: "root", extensions: AZURE, rsa: 2048 });
    await expect(verify(openssl.sign(content, "rsa"))).resolves.toBeDefined();
  });

  test("a weak digest is refused", async () => {
    const document = openssl.sign(content, "leaf", ["middle"], ["-md", "sha1"]);
    await expect(verify(document)).rejects.toMatchObject({ code: "signature" });
  });

  test("of two signers none is believed", async () => {
    openssl.issue("second", { subject: "second", issuer: "middle", extensions: AZURE });
    const second = ["-signer", "second.pem", "-inkey", "second.key"];
    await expect(verify(openssl.sign(content, "leaf", ["middle"], second))).rejects.toMatchObject({
      code: "format",
      message: expect.stringContaining("2 signers"),
    });
  });

  test("a document for another question, and one that has ended", async () => {
    const document = openssl.sign(content, "leaf", ["middle"]);
    const error = verify(document, { nonce: "0987654321", toleranceMs: 0 });
    await expect(error).rejects.toMatchObject({
      code: "nonce",
      checks: expect.arrayContaining([expect.objectContaining({ name: "lifetime", ok: false })]),
      unverified: { vmId: "02aab8a4-74ef-476e-8182-f6d2ba4166a6" },
    });
  });

  test.each([
    ["metadata.azure.com.example.org", "certificate-name"],
    ["notmetadata.azure.com", "certificate-name"],
    ["azure.com", "certificate-name"],
    ["*.metadata.azure.com", undefined],
    ["METADATA.AZURE.US", undefined],
    ["a.b.metadata.azure.cn", undefined],
    ["metadata.microsoftazure.de", undefined],
  ])("the name %s: %s", async (name, code) => {
    const document = leafOf("named", [`subjectAltName=DNS:other.example,DNS:${name}`]);
    const outcome = await verify(document).catch((error: unknown) => error);
    expect((outcome as { readonly code?: string }).code).toBe(code);
  });

  test("a name of the caller's own", async () => {
    const document = leafOf("own", ["subjectAltName=DNS:vm.example.org"]);
    await expect(verify(document, { allowedHosts: ["example.org"] })).resolves.toBeDefined();
  });

  test.each([
    ["that is not JSON", "not json", "payload"],
    ["that is no object", "[]", "payload"],
    ["with another form of time", content.replace("11/30/20", "2020-11-30"), "payload"],
    ["without a vmId", content.replace("vmId", "vm"), "payload"],
    ["without times", content.replace(/"timeStamp":\{[^}]*\},/, ""), "lifetime"],
  ])("a content %s", async (_, text, code) => {
    await expect(verify(openssl.sign(text, "leaf", ["middle"]))).rejects.toMatchObject({ code });
  });

  test.each([
    ["pkcs7", { encoding: "cose", signature: "" }],
    ["base64", { encoding: "pkcs7", signature: "!" }],
    ["DER", { encoding: "pkcs7", signature: "MIID" }],
    ["PKCS#7", { encoding: "pkcs7", signature: "MAA=" }],
    ["longer", { encoding: "pkcs7", signature: "A".repeat(100_000) }],
  ])("what is none, with %s in the reason", async (words, document) => {
    await expect(verify(document)).rejects.toMatchObject({
      code: "format",
      message: expect.stringContaining(words),
    });
  });
});
