import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Simulator, startSimulator } from "@forewarn/imds-simulator";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { told } from "../../fixtures/told.ts";
import { imds } from "./imds.ts";

let simulator: Simulator;
let ca = "";
const directory = mkdtempSync(join(tmpdir(), "forewarn-attested-"));

beforeAll(async () => {
  simulator = await startSimulator();
  ca = join(directory, "root.pem");
  writeFileSync(ca, await (await fetch(`${simulator.url}/pki/root.pem`)).text());
});
afterAll(async () => {
  await simulator.close();
  rmSync(directory, { recursive: true });
});

const attested = (...line: readonly string[]) =>
  told(imds, ["attested", ...line], { env: { FOREWARN_IMDS_ENDPOINT: simulator.url } });

/** The document of IMDS with another one in its place, or with its signature changed. */
async function forged(change: (signature: string) => string): Promise<void> {
  const url = `${simulator.url}/metadata/attested/document?api-version=2020-09-01&nonce=1234567890`;
  const answer = await fetch(url, { headers: { Metadata: "true" } });
  const document = (await answer.json()) as { readonly encoding: string; readonly signature: string };
  simulator.respondNext({ status: 200, body: { ...document, signature: change(document.signature) } });
}

test("shows what the document says, and that nobody has checked it", async () => {
  const { code, stdout, stderr } = await attested("--nonce", "1234567890");
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout).toMatch(/^nonce {9}1234567890 \(as asked\)$/m);
  expect(stdout).toContain(`VM id         ${simulator.vm.vmId}\n`);
  expect(stdout).toMatch(/^expires {7}\S+ \S+, in .* h/m);
  expect(stdout.split("\n").at(-2)).toBe("Not verified: --verify checks who signed it.");
  expect(stdout).not.toContain("✓");
});

describe("--verify", () => {
  test("each check, the certificates, exit 0; the issuer's certificate is fetched", async () => {
    const { code, stdout, stderr } = await attested("--nonce", "1234567890", "--verify", "--ca", ca);
    expect([code, stderr]).toEqual([0, ""]);
    const checks = [...stdout.matchAll(/^✓ (\S+) +\S/gm)].map(([, name]) => name);
    expect(checks).toEqual([
      "format",
      "signature",
      "certificate-name",
      "chain",
      "validity",
      "payload",
      "nonce",
      "lifetime",
    ]);
    expect(stdout).toMatch(/^Signer\n {2}subject {2}CN=westeurope\.metadata\.azure\.com\n {2}names {4}DNS:/m);
    expect(stdout).toMatch(/^Trusted root\n {2}subject {2}CN=IMDS Simulator Root CA \(not Microsoft\)$/m);
    expect(stdout.split("\n").at(-2)).toBe(
      `Verified: it was signed under the roots of ${ca}, for the nonce that was asked for.`,
    );
  });

  test("whoever is no authority of Azure's: exit 1, and which check says so", async () => {
    const { code, stdout, stderr } = await attested("--verify");
    expect(code).toBe(1);
    expect(stderr).toBe("forewarn imds attested: the document is not to be trusted: chain\n");
    expect(stdout).toMatch(/^✗ chain {13}no chain of certificates leads to a trusted root: /m);
    expect(stdout).toMatch(/^✓ signature/m);
    expect(stdout.split("\n").at(-2)).toBe("Not to be trusted.");
  });

  test("a signature that was tampered with", async () => {
    await forged((signature) => `${signature.slice(0, -12)}AAAA${signature.slice(-8)}`);
    const { code, stderr } = await attested("--nonce", "1234567890", "--verify", "--ca", ca);
    expect(code).toBe(1);
    expect(stderr).toMatch(/not to be trusted: signature/);
  });

  test("a document that was made for another question", async () => {
    await forged((signature) => signature);
    const { code, stdout } = await attested("--nonce", "9999999999", "--verify", "--ca", ca);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^nonce {9}1234567890, but 9999999999 was asked for$/m);
    expect(stdout).toMatch(/^✗ nonce/m);
  });

  test("without a nonce it asks for ten random digits, so that no old document passes", async () => {
    const { code, stdout } = await attested("--verify", "--json", "--ca", ca);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      verified: true,
      nonce: expect.stringMatching(/^\d{10}$/) as string,
      nonceMatches: true,
      document: {
        vmId: simulator.vm.vmId,
        expiresOn: expect.stringMatching(/^\d{4}-.*Z$/) as string,
      },
      certificates: [
        { subject: "CN=westeurope.metadata.azure.com", names: "DNS:westeurope.metadata.azure.com" },
        {},
        { subject: "CN=IMDS Simulator Root CA (not Microsoft)" },
      ],
    });
  });
});

test("what is no signed document at all is not shown as one", async () => {
  await forged(() => "bm90aGluZw==");
  const { code, stdout, stderr } = await attested();
  expect(code).toBe(1);
  expect(stdout).toMatch(/^✗ format/m);
  expect(stderr).toBe("forewarn imds attested: the document is not to be trusted: format\n");
});

test.each([
  [["--nonce", "a b"], '--nonce takes 10 digits (or up to 32 letters, digits, - and _), got "a b"'],
  [["--ca", "x"], "--ca goes with --verify"],
  [["--verify", "--ca", "/no/such"], "--ca: ENOENT: no such file or directory, open '/no/such'"],
])("%j: exit 64", async (line, message) => {
  expect(await attested(...line)).toEqual({ code: 64, stdout: "", stderr: `${message}\n` });
});
