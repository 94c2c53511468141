import { expect, test } from "vitest";
import type { AttestedDocumentError } from "./attested.ts";
import { verifyAttestedDocument } from "./attested.ts";
import sample from "./fixtures/microsoft-sample.json" with { type: "json" };

/** Its certificate is self-signed with MD5, has no alternative name, and held for a month of 2018. */
const at = () => Date.parse("2018-11-20");

const failure = (signature: string): Promise<AttestedDocumentError> =>
  verifyAttestedDocument({ ...sample, signature }, { now: at, trustedRoots: [] }).then(
    () => expect.fail("the sample passed"),
    (error: unknown) => error as AttestedDocumentError,
  );

const failed = ({ checks }: AttestedDocumentError) => checks.filter(({ ok }) => !ok).map(({ name }) => name);

test("the document of Microsoft's specification was published without its last character", async () => {
  const error = await failure(sample.signature);
  expect(error).toMatchObject({ name: "AttestedDocumentError", code: "format" });
  expect(error.message).toContain("cut off");
});

test("with that character its signature is right, and everything else that is wrong with it is said", async () => {
  const error = await failure(`${sample.signature}/`);
  expect(failed(error)).toEqual(["certificate-name", "chain", "lifetime"]);
  expect(error.code).toBe("certificate-name");
  expect(error.unverified).toEqual({
    nonce: "1111111111",
    vmId: "02aab8a4-74ef-476e-8182-f6d2ba4166a6",
    subscriptionId: "",
    sku: "",
    licenseType: "",
    plan: { name: "", product: "", publisher: "" },
  });
  const details = Object.fromEntries(error.checks.map(({ name, detail }) => [name, detail]));
  expect(details["signature"]).toContain("sha256");
  expect(details["certificate-name"]).toContain("no DNS name");
  expect(details["lifetime"]).toContain("does not say how long");
});

test("no other last character does", async () => {
  const others = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+"];
  const errors = await Promise.all(others.map((last) => failure(sample.signature + last)));
  expect(errors.filter((error) => !failed(error).includes("signature"))).toEqual([]);
});

test("trusting its own certificate is not enough: it is for no name of Azure, and weak", async () => {
  const pem = certificateInside();
  const trusting = verifyAttestedDocument(
    { ...sample, signature: `${sample.signature}/` },
    { now: at, trustedRoots: [pem] },
  );
  await expect(trusting).rejects.toMatchObject({
    code: "certificate-name",
    checks: expect.arrayContaining([
      expect.objectContaining({ name: "chain", ok: false, detail: expect.stringContaining("1024 bits") }),
    ]),
  });
});

/** The DER of the one certificate: the SEQUENCE of 0x23b bytes after the content. */
function certificateInside(): Uint8Array {
  const message = Buffer.from(`${sample.signature}/`, "base64");
  const start = message.indexOf(Buffer.from([0x30, 0x82, 0x02, 0x3b]));
  return message.subarray(start, start + 4 + 0x2_3b);
}
