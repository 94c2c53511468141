import { createPublicKey, type JsonWebKey, verify } from "node:crypto";
import { type Simulator, startSimulator } from "@forewarn/imds-simulator";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { whyNoNamespace } from "../e2e/namespace.ts";
import { atAzure, programOf, run } from "./at-azure.ts";

const SCOPE = "https://eventhubs.azure.net/.default";
const clientId = "be5947ed-3560-4afe-9504-59967a63f810";
const why = whyNoNamespace();
if (why !== undefined) console.log(`SKIPPED @azure/identity at 169.254.169.254: ${why}`);

const claimsOf = (token: string) =>
  JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()) as Record<string, unknown>;

describe("@azure/identity's ManagedIdentityCredential, unmodified", () => {
  let simulator: Simulator;
  beforeAll(async () => {
    simulator = await startSimulator({ vm: { identities: [{}, { name: "reader", clientId }] } });
  });
  afterAll(() => simulator.close());

  const ask = async (...args: readonly string[]) => {
    const env = { AZURE_POD_IDENTITY_AUTHORITY_HOST: simulator.url };
    const ran = await run([process.execPath, ...programOf("managed-identity.ts"), SCOPE, ...args], env);
    expect(ran, ran.stderr).toMatchObject({ status: 0 });
    return JSON.parse(ran.stdout) as { token: string; expiresOnTimestamp: number; error?: string };
  };

  test("gets a token of the system-assigned identity, good for a day", async () => {
    const { token, expiresOnTimestamp } = await ask();
    expect(claimsOf(token)).toMatchObject({ aud: "https://eventhubs.azure.net", tid: simulator.vm.tenantId });
    const left = expiresOnTimestamp - Date.now();
    expect(left).toBeGreaterThan(23 * 3_600_000);
    expect(left).toBeLessThanOrEqual(24 * 3_600_000 + 1000);
    expect(simulator.requests.at(-1)).toMatchObject({
      path: "/metadata/identity/oauth2/token/",
      headers: { metadata: "true" },
    });

    const { keys } = (await (await fetch(`${simulator.url}/pki/keys.json`)).json()) as {
      readonly keys: readonly [JsonWebKey];
    };
    const [header = "", claims = "", signature = ""] = token.split(".");
    const key = createPublicKey({ key: keys[0], format: "jwk" });
    expect(
      verify("sha256", Buffer.from(`${header}.${claims}`), key, Buffer.from(signature, "base64url")),
    ).toBe(true);
  });

  test("gets one of the identity it names", async () => {
    expect(claimsOf((await ask(clientId)).token)).toMatchObject({ appid: clientId });
  });

  test("says that there is no identity", async () => {
    const { error } = await ask("8f2d9a1c-5a0e-4a67-9c36-0f5f3f1f7b11");
    expect(error).toMatch(/Identity not found|identity/i);
    expect(error).toMatch(/^(CredentialUnavailableError|AuthenticationRequiredError|AuthenticationError)/);
  });
});

test.skipIf(why !== undefined)("finds it at Azure's own address without being told", async () => {
  await using azure = await atAzure();
  const ran = await azure.run(process.execPath, ...programOf("managed-identity.ts"), SCOPE);
  expect(ran, ran.stderr).toMatchObject({ status: 0 });
  const { token } = JSON.parse(ran.stdout) as { readonly token: string };
  expect(claimsOf(token)).toMatchObject({ aud: "https://eventhubs.azure.net" });
});
