import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { startSimulator } from "../start-simulator.ts";
import { ask } from "../testing/ask.ts";

const why = spawnSync("openssl", ["version"]).status === 0 ? undefined : "there is no openssl";
if (why !== undefined) process.stdout.write(`SKIPPED the attested document before openssl: ${why}\n`);

let place: string;
const inPlace = (name: string) => join(place, name);
const openssl = (...args: readonly string[]) => {
  const { stdout, stderr, status } = spawnSync("openssl", args, { cwd: place, encoding: "utf8" });
  return { stdout, stderr, status };
};

describe.skipIf(why !== undefined)(
  "what openssl, which knows nothing of us, says of an attested document",
  () => {
    beforeAll(async () => {
      place = mkdtempSync(join(tmpdir(), "attested-"));
      await using simulator = await startSimulator();
      const answer = await ask(
        simulator,
        "/metadata/attested/document?api-version=2020-09-01&nonce=1234567890",
      );
      const { signature } = answer.json as { readonly signature: string };
      writeFileSync(inPlace("decodedsignature"), Buffer.from(signature, "base64"));
      for (const name of ["root.pem", "intermediate.pem"])
        writeFileSync(inPlace(name), (await ask(simulator, `/pki/${name}`, { headers: {} })).text);
      const der = await fetch(`${simulator.url}/pki/intermediate.cer`);
      writeFileSync(inPlace("intermediate.cer"), new Uint8Array(await der.arrayBuffer()));
    });
    afterAll(() => rmSync(place, { recursive: true }));

    test("the commands of Azure's documentation, one after another", () => {
      expect(openssl("pkcs7", "-in", "decodedsignature", "-inform", "DER", "-out", "sign.pk7").status).toBe(
        0,
      );
      const printed = openssl(
        "pkcs7",
        "-in",
        "decodedsignature",
        "-inform",
        "DER",
        "-print_certs",
        "-out",
        "signer.pem",
      );
      expect(printed.status).toBe(0);
      const text = openssl("x509", "-in", "signer.pem", "-text", "-noout").stdout;
      expect(text).toMatch(/CA Issuers - URI:http:\/\/127\.0\.0\.1:\d+\/pki\/intermediate\.cer/);
      expect(text).toContain("DNS:westeurope.metadata.azure.com");
      const converted = openssl("x509", "-inform", "der", "-in", "intermediate.cer", "-out", "converted.pem");
      expect(converted.status).toBe(0);
      const opened = openssl("smime", "-verify", "-in", "sign.pk7", "-inform", "pem", "-noverify");
      expect(opened, opened.stderr).toMatchObject({ status: 0 });
      expect(JSON.parse(opened.stdout)).toMatchObject({ nonce: "1234567890" });
      const subject = openssl("x509", "-noout", "-subject", "-in", "signer.pem").stdout;
      expect(subject.replaceAll(" ", "")).toBe("subject=CN=westeurope.metadata.azure.com\n");
      const issuer = openssl("x509", "-noout", "-issuer", "-in", "signer.pem").stdout;
      const above = openssl("x509", "-noout", "-subject", "-in", "converted.pem").stdout;
      expect(issuer.replace("issuer", "subject")).toBe(above);
      const chain = ["-CAfile", "root.pem", "-untrusted", "converted.pem", "signer.pem"];
      expect(openssl("verify", "-verbose", ...chain)).toMatchObject({
        status: 0,
        stdout: "signer.pem: OK\n",
      });
    });

    test("cms and smime verify signature and chain, and refuse a content that was changed", () => {
      writeFileSync(
        inPlace("chain.pem"),
        openssl("x509", "-in", "root.pem").stdout + openssl("x509", "-in", "intermediate.pem").stdout,
      );
      const trust = ["-CAfile", "chain.pem", "-purpose", "any", "-inform", "DER"];
      const smime = openssl("smime", "-verify", "-in", "decodedsignature", ...trust);
      expect(smime, smime.stderr).toMatchObject({ status: 0 });
      const cms = openssl("cms", "-verify", "-in", "decodedsignature", ...trust);
      expect(cms, cms.stderr).toMatchObject({ status: 0 });
      expect(cms.stderr).toContain("successful");

      const der = openssl("base64", "-in", "decodedsignature", "-A").stdout;
      const tampered = Buffer.from(der, "base64");
      tampered.writeUInt8(0x30, tampered.indexOf("1234567890"));
      writeFileSync(inPlace("tampered"), tampered);
      expect(openssl("cms", "-verify", "-in", "tampered", ...trust).status).not.toBe(0);
    });

    test("it is DER, without the parts of BER", () => {
      const parsed = openssl("asn1parse", "-inform", "DER", "-in", "decodedsignature").stdout;
      expect(parsed).not.toMatch(/cons: OCTET STRING|l=inf/);
    });
  },
);
