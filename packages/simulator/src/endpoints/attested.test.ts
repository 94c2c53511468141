import type { AttestedDocument } from "@forewarn/imds";
import { AttestedDocumentError, verifyAttestedDocument } from "@forewarn/imds/attested";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import type { Simulator } from "../simulator-api.ts";
import { startSimulator } from "../start-simulator.ts";
import { ask } from "../testing/ask.ts";
import { createManualClock } from "../time/manual-clock.ts";
import { attestation } from "./attested.ts";

const START = Date.parse("2026-11-30T21:19:24Z");
const PATH = "/metadata/attested/document?api-version=2020-09-01";

const clock = createManualClock(START);
let simulator: Simulator;
let root: string;
beforeAll(async () => {
  simulator = await startSimulator({ clock });
  root = (await ask(simulator, "/pki/root.pem", { headers: {} })).text;
});
afterAll(() => simulator.close());

const documentOf = async (path: string, from: Pick<Simulator, "url"> = simulator) => {
  const answer = await ask(from, path);
  expect(answer, answer.text).toMatchObject({ status: 200, json: { encoding: "pkcs7" } });
  return answer.json as AttestedDocument;
};

const verify = (document: AttestedDocument, nonce?: string) =>
  verifyAttestedDocument(document, {
    nonce,
    now: clock.now,
    trustedRoots: [root],
    fetchIssuer: async (url) => new Uint8Array(await (await fetch(url)).arrayBuffer()),
  });

test("a document for a nonce, its intermediate certificate where the leaf says", async () => {
  const { payload, certificates } = await verify(await documentOf(`${PATH}&nonce=1234567890`), "1234567890");
  expect(payload).toEqual({
    nonce: "1234567890",
    vmId: simulator.vm.vmId,
    subscriptionId: simulator.vm.subscriptionId,
    sku: "server",
    licenseType: "",
    plan: { name: "", product: "", publisher: "" },
    createdOn: START,
    expiresOn: START + 6 * 3_600_000,
  });
  expect(certificates.map(({ subject }) => subject)).toEqual([
    "CN=westeurope.metadata.azure.com",
    "CN=IMDS Simulator Issuing CA 01",
    "CN=IMDS Simulator Root CA (not Microsoft)",
  ]);
});

test("without a nonce it holds the time", async () => {
  expect((await verify(await documentOf(PATH))).payload.nonce).toBe("20261130-211924");
});

test("with the intermediate certificate inside nothing needs to be fetched, and one byte decides", async () => {
  await using whole = await startSimulator({ clock, attestedIntermediate: true });
  const trustedRoots = [(await ask(whole, "/pki/root.pem", { headers: {} })).text];
  const document = await documentOf(`${PATH}&nonce=1`, whole);
  const check = (signature: string) =>
    verifyAttestedDocument({ ...document, signature }, { now: clock.now, trustedRoots });
  const { payload, certificates } = await check(document.signature);

  const der = Buffer.from(document.signature, "base64");
  const content = der.indexOf('{"nonce"');
  const regions = [
    { from: content, length: der.indexOf("}", der.indexOf("sku")) + 1 - content },
    ...certificates.slice(0, 2).map(({ raw }) => ({ from: der.indexOf(raw), length: raw.length })),
    { from: der.length - 256, length: 256 },
  ];
  expect(regions.every(({ from }) => from > 0)).toBe(true);
  const passed: number[] = [];
  for (let index = 0; index < der.length; index += 13) {
    const tampered = Buffer.from(der);
    tampered.writeUInt8(der.readUInt8(index) ^ (1 << (index % 8)), index);
    const outcome = await check(tampered.toString("base64")).catch((error: unknown) => error);
    if (outcome instanceof AttestedDocumentError) continue;
    expect(outcome).toMatchObject({ payload });
    passed.push(index);
  }
  const inside = passed.filter((at) => regions.some(({ from, length }) => at >= from && at < from + length));
  expect(inside).toEqual([]);
}, 60_000);

test("another simulator's root is not trusted", async () => {
  await using other = await startSimulator({ clock });
  await expect(verify(await documentOf(PATH, other))).rejects.toMatchObject({ code: "chain" });
});

test("a document grows old", async () => {
  const document = await documentOf(PATH);
  const later = (hours: number) =>
    verifyAttestedDocument(document, {
      now: () => clock.now() + hours * 3_600_000,
      trustedRoots: [root],
      fetchIssuer: async (url) => new Uint8Array(await (await fetch(url)).arrayBuffer()),
    });
  await expect(later(6)).resolves.toBeDefined();
  await expect(later(7)).rejects.toMatchObject({ code: "lifetime" });
  await expect(later(24 * 400)).rejects.toMatchObject({ code: "validity" });
});

test.each([
  ["AzurePublicCloud", "metadata.azure.com"],
  ["AZUREUSGOVERNMENTCLOUD", "metadata.azure.us"],
  ["AzureChinaCloud", "metadata.azure.cn"],
  ["AzureGermanCloud", "metadata.microsoftazure.de"],
])("%s signs for %s", async (azEnvironment, domain) => {
  simulator.updateVm({ azEnvironment });
  const { certificates, checks } = await verify(await documentOf(PATH));
  expect(certificates[0]?.subjectAltName).toBe(`DNS:westeurope.${domain}`);
  expect(checks).toContainEqual({ name: "certificate-name", ok: true, detail: `westeurope.${domain}` });
  simulator.updateVm({ azEnvironment: "AzurePublicCloud" });
});

describe("the signed facts by api-version", () => {
  const first = ["nonce", "plan", "timeStamp", "vmId"];
  test.each([
    ["2018-10-01", first],
    ["2019-04-30", [...first, "subscriptionId"]],
    ["2019-11-01", [...first, "subscriptionId", "sku"]],
    ["2020-09-01", [...first, "licenseType", "subscriptionId", "sku"]],
  ])("%s", (version, names) => {
    const windows = { ...simulator.vm, osType: "Windows" as const };
    expect(Object.keys(attestation(windows, "1", version, START))).toEqual(names);
  });

  test("times are MM/DD/YY HH:mm:ss -0000", () => {
    expect(attestation(simulator.vm, "1", "2018-10-01", START)).toMatchObject({
      timeStamp: { createdOn: "11/30/26 21:19:24 -0000", expiresOn: "12/01/26 03:19:24 -0000" },
    });
  });
});

test.each([
  [`${PATH}&nonce=${"1".repeat(33)}`, 400],
  [`${PATH}&nonce=${encodeURIComponent('"}')}`, 400],
  ["/metadata/attested/document?api-version=2018-04-02", 400],
  ["/metadata/attested?api-version=2020-09-01", 404],
  ["/metadata/attested/document/nonce?api-version=2020-09-01", 404],
])("%s is refused with %d", async (path, status) => {
  expect(await ask(simulator, path)).toMatchObject({ status, json: { error: expect.any(String) } });
});
