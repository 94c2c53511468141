import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { verifyAttestedDocument, type VerifyAttestedOptions } from "./attested.ts";
import {
  CA,
  type OpensslAuthority,
  opensslAuthority,
  type Wanted,
  whyNoOpenssl,
} from "./fixtures/openssl-authority.ts";

const why = whyNoOpenssl();
if (why !== undefined) process.stdout.write(`SKIPPED chains of certificates by openssl: ${why}\n`);

const content = JSON.stringify({
  nonce: "1",
  vmId: "02aab8a4-74ef-476e-8182-f6d2ba4166a6",
  timeStamp: { createdOn: "11/30/20 21:19:19 -0000", expiresOn: "11/30/20 21:19:24 -0000" },
});
const AZURE = ["subjectAltName=DNS:eastus.metadata.azure.com"];
const URL_OF_ISSUER = "http://issuer.example/middle.cer";

describe.skipIf(why !== undefined)("a chain", () => {
  let openssl: OpensslAuthority;
  let root: string;
  beforeAll(() => {
    openssl = opensslAuthority();
    root = openssl.issue("root", { subject: "Root", extensions: CA });
  });
  afterAll(() => openssl[Symbol.dispose]());

  const verify = (inside: readonly string[], options: VerifyAttestedOptions = {}) =>
    verifyAttestedDocument(openssl.sign(content, "leaf", inside), {
      trustedRoots: [root],
      toleranceMs: 100 * 365 * 86_400_000,
      ...options,
    });

  const below = (middle: Partial<Wanted>, leaf: readonly string[] = []) => {
    openssl.issue("middle", { subject: "Middle", issuer: "root", extensions: CA, ...middle });
    openssl.issue("leaf", { subject: "leaf", issuer: "middle", extensions: [...AZURE, ...leaf] });
  };

  test.each<[string, Partial<Wanted>, string]>([
    ["no CA", { extensions: ["basicConstraints=CA:FALSE"] }, "not a CA"],
    ["a CA that may not sign certificates", { extensions: [CA[0] ?? "", "keyUsage=cRLSign"] }, "not known"],
    ["a CA signed with SHA-1", { digest: "sha1" }, "not accepted"],
    [
      "a CA with a critical extension of its own",
      { extensions: [...CA, "1.2.3.4=critical,ASN1:NULL"] },
      "1.2.3.4",
    ],
    [
      "a CA for other names",
      { extensions: [...CA, "nameConstraints=critical,permitted;DNS:example.org"] },
      "may not issue for",
    ],
    [
      "a CA not for these names",
      { extensions: [...CA, "nameConstraints=excluded;DNS:azure.com"] },
      "may not issue for",
    ],
    ["a weak key", { rsa: 1024 }, "1024 bits"],
  ])("through %s ends there", async (_, middle, words) => {
    below(middle);
    await expect(verify(["middle"])).rejects.toMatchObject({
      code: "chain",
      message: expect.stringContaining(words),
    });
  });

  test("through a CA for just these names is good", async () => {
    below({ extensions: [...CA, "nameConstraints=critical,permitted;DNS:metadata.azure.com"] });
    await expect(verify(["middle"])).resolves.toBeDefined();
  });

  test("heeds how many CAs may stand below another", async () => {
    const short = openssl.issue("short", {
      subject: "Short",
      extensions: ["basicConstraints=critical,CA:TRUE,pathlen:0", CA[1] ?? ""],
    });
    below({ issuer: "short" });
    const error = verify(["middle"], { trustedRoots: [short] });
    await expect(error).rejects.toMatchObject({
      code: "chain",
      message: expect.stringContaining("fewer CAs"),
    });
    openssl.issue("leaf", { subject: "leaf", issuer: "short", extensions: AZURE });
    await expect(verify([], { trustedRoots: [short] })).resolves.toBeDefined();
  });

  test.each([
    ["a critical extension that is not understood", { extensions: [...AZURE, "1.2.3.4=critical,ASN1:NULL"] }],
    ["a weak key", { extensions: AZURE, rsa: 1024 }],
  ])("of a leaf with %s ends at once", async (_, leaf) => {
    openssl.issue("leaf", { subject: "leaf", issuer: "root", ...leaf });
    await expect(verify([])).rejects.toMatchObject({ code: "chain" });
  });

  test("of an impostor with the right name ends, also where no key is named", async () => {
    const unnamed = ["subjectKeyIdentifier=none", "authorityKeyIdentifier=none"];
    below({ extensions: [...CA, ...unnamed] }, unnamed);
    await expect(verify(["middle"])).resolves.toBeDefined();
    const impostor = openssl.issue("impostor", { subject: "Root", extensions: [...CA, ...unnamed] });
    await expect(verify(["middle"], { trustedRoots: [impostor] })).rejects.toMatchObject({
      code: "chain",
      message: expect.stringContaining("was not signed with its key"),
    });
  });

  test("of CAs that issue each other in circles ends too", async () => {
    openssl.issue("egg", { subject: "Egg", extensions: CA });
    openssl.issue("hen", { subject: "Hen", issuer: "egg", extensions: CA });
    openssl.issue("egg", { subject: "Egg", issuer: "hen", extensions: CA, again: true });
    openssl.issue("leaf", { subject: "leaf", issuer: "hen", extensions: AZURE });
    await expect(verify(["hen", "egg"])).rejects.toMatchObject({ code: "chain" });
  });

  test("holds only while each of its certificates does", async () => {
    below({ days: 10 });
    const now = () => Date.now() + 11 * 86_400_000;
    await expect(verify(["middle"], { now })).rejects.toMatchObject({
      code: "validity",
      message: expect.stringContaining("CN=Middle"),
    });
  });

  test("trusts the roots of Node.js unless told otherwise", async () => {
    below({});
    await expect(verify(["middle"], { trustedRoots: undefined })).rejects.toMatchObject({ code: "chain" });
  });

  describe("whose intermediate certificate lies elsewhere", () => {
    const fetched = async (fetchIssuer: VerifyAttestedOptions["fetchIssuer"]) => {
      below({}, [`authorityInfoAccess=caIssuers;URI:${URL_OF_ISSUER}`]);
      return verify([], { fetchIssuer });
    };

    test("is whole once it is fetched, DER or PEM", async () => {
      const asked: string[] = [];
      await fetched(async (url) => {
        asked.push(url.href);
        return openssl.der("middle");
      });
      await fetched(async () => Buffer.from(openssl.issue("middle2", { subject: "x", extensions: CA }))).then(
        () => expect.fail("a certificate that is none of the chain's was taken"),
        (error: unknown) => expect(error).toMatchObject({ code: "chain" }),
      );
      expect(asked).toEqual([URL_OF_ISSUER]);
    });

    test("says where, when nobody fetches it, and why it could not be had", async () => {
      await expect(fetched(undefined)).rejects.toMatchObject({
        message: expect.stringContaining(URL_OF_ISSUER),
      });
      const failing = fetched(() => Promise.reject(new Error("no route")));
      await expect(failing).rejects.toMatchObject({
        code: "chain",
        message: expect.stringContaining("no route"),
      });
    });

    test("is not asked for when the signature is wrong", async () => {
      below({}, [`authorityInfoAccess=caIssuers;URI:${URL_OF_ISSUER}`]);
      const document = openssl.sign(content, "leaf");
      const bytes = Buffer.from(document.signature, "base64");
      bytes.writeUInt8(0x32, bytes.indexOf('"nonce":"1"') + 9);
      let asked = 0;
      const checked = verifyAttestedDocument(
        { ...document, signature: bytes.toString("base64") },
        { trustedRoots: [root], fetchIssuer: async () => (asked++, openssl.der("middle")) },
      );
      await expect(checked).rejects.toMatchObject({ code: "signature" });
      expect(asked).toBe(0);
    });
  });
});
