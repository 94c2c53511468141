import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it, vi } from "vitest";
import { azureIdentity, managedIdentity } from "./credential.ts";

const clientId = "12345678-1234-1234-1234-123456789abc";

afterEach(() => {
  vi.unstubAllEnvs();
});

describe("managedIdentity", () => {
  it("asks the agent for a token of Event Hubs, of the identity that was named", async () => {
    const asked: unknown[] = [];
    const azureToken = (...args: unknown[]) => {
      asked.push(args);
      return Promise.resolve({ token: "t", expiresOn: 5 });
    };
    expect(await managedIdentity(azureToken, undefined).getToken()).toEqual({
      token: "t",
      expiresOnTimestamp: 5,
    });
    await managedIdentity(azureToken, clientId).getToken();
    expect(asked).toEqual([
      ["https://eventhubs.azure.net/", {}],
      ["https://eventhubs.azure.net/", { clientId }],
    ]);
  });

  it("tells no identity, which needs a person, from IMDS that fails for a while", async () => {
    const failing = (retryable: boolean, status?: number) => () =>
      Promise.reject(Object.assign(new Error("IMDS said so"), { retryable, status }));
    const token = (fail: () => Promise<never>, id?: string) => managedIdentity(fail, id).getToken();
    await expect(token(failing(false, 400))).rejects.toMatchObject({
      code: "FOREWARN_MISCONFIGURED",
      status: 400,
      message: expect.stringMatching(/IMDS said so; assign one to this VM \(az vm identity assign\)/),
    });
    await expect(token(failing(false), clientId)).rejects.toThrow(
      /the option clientId is assigned to this VM/,
    );
    await expect(token(failing(true))).rejects.toMatchObject({ code: "FOREWARN_RETRY" });
    await expect(token(() => Promise.reject(new Error("?")))).rejects.toMatchObject({
      code: "FOREWARN_RETRY",
    });
  });
});

describe("azureIdentity", () => {
  it("says what to install where the package is not there", async () => {
    const missing = () => Promise.reject(Object.assign(new Error("…"), { code: "ERR_MODULE_NOT_FOUND" }));
    await expect(azureIdentity(undefined, missing)).rejects.toMatchObject({
      code: "FOREWARN_MISCONFIGURED",
      message: expect.stringMatching(/which is not installed: npm install @azure\/identity beside forewarn/),
    });
    const broken = () => Promise.reject(new Error("its file is torn"));
    await expect(azureIdentity(undefined, broken)).rejects.toThrow("cannot be loaded (its file is torn)");
  });

  /** `DefaultAzureCredential` with any outcome. */
  const failing = (failure: unknown) => () =>
    Promise.resolve({
      DefaultAzureCredential: class {
        getToken() {
          return failure === null ? Promise.resolve(null) : Promise.reject(failure);
        }
      },
    });
  const unavailable = Object.assign(new Error("not set up\nEnvironmentCredential: …"), {
    name: "CredentialUnavailableError",
  });
  const refused = Object.assign(new Error("AADSTS700016"), { name: "AuthenticationError", statusCode: 400 });
  const down = Object.assign(new Error("AADSTS90033"), { name: "AuthenticationError", statusCode: 503 });
  const chain = (...errors: readonly Error[]) =>
    Object.assign(new Error("ChainedTokenCredential authentication failed."), {
      name: "AggregateAuthenticationError",
      errors,
    });

  it.each([
    [unavailable, "FOREWARN_MISCONFIGURED"],
    [refused, "FOREWARN_MISCONFIGURED"],
    [chain(unavailable, refused), "FOREWARN_MISCONFIGURED"],
    [down, "FOREWARN_RETRY"],
    [
      Object.assign(new Error("slow down"), { name: "AuthenticationError", statusCode: 429 }),
      "FOREWARN_RETRY",
    ],
    [chain(unavailable, down), "FOREWARN_RETRY"],
    [new Error("socket hang up"), "FOREWARN_RETRY"],
    [null, "FOREWARN_RETRY"],
  ])("%s is %s", async (failure, code) => {
    const credential = await azureIdentity(undefined, failing(failure));
    const thrown = await credential.getToken().catch((reason: unknown) => reason);
    expect(thrown).toMatchObject({ code });
    expect((thrown as Error).message).not.toContain("\n");
  });

  it("works with the real package: DefaultAzureCredential finds an endpoint of App Service on loopback", async () => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url ?? "");
      const expires_on = Math.floor(Date.now() / 1000) + 3600;
      response
        .setHeader("content-type", "application/json")
        .end(JSON.stringify({ access_token: "real", expires_on, resource: "r", token_type: "Bearer" }));
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    vi.stubEnv("IDENTITY_ENDPOINT", `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`);
    vi.stubEnv("IDENTITY_HEADER", "h");
    vi.stubEnv("AZURE_TOKEN_CREDENTIALS", "ManagedIdentityCredential");
    const token = await (await azureIdentity(clientId)).getToken();
    server.closeAllConnections();
    server.close();
    expect(token).toMatchObject({ token: "real", expiresOnTimestamp: expect.any(Number) });
    const { searchParams } = new URL(asked[0] ?? "", "http://h");
    expect(searchParams.get("resource")).toBe("https://eventhubs.azure.net");
    expect(searchParams.get("client_id")).toBe(clientId);
  });
});
