import { createPublicKey, verify } from "node:crypto";
import type { JsonWebKey } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import type { Simulator } from "../simulator-api.ts";
import { startSimulator } from "../start-simulator.ts";
import { ask } from "../testing/ask.ts";
import { createManualClock } from "../time/manual-clock.ts";
import type { ManualClock } from "../time/manual-clock.ts";

const TOKEN = "/metadata/identity/oauth2/token?api-version=2018-02-01";
const STORAGE = "https://storage.azure.com/";
const FOR_STORAGE = `${TOKEN}&resource=${encodeURIComponent(STORAGE)}`;
const START = Date.parse("2026-04-11T22:26:58Z");

interface Token {
  readonly access_token: string;
  readonly client_id: string;
}

let clock: ManualClock;
let simulator: Simulator;
beforeEach(async () => {
  clock = createManualClock(START);
  simulator = await startSimulator({ clock });
});
afterEach(() => simulator.close());

const tokenOf = async (path: string) => {
  const answer = await ask(simulator, path);
  expect(answer.status, answer.text).toBe(200);
  return answer.json as Token;
};

const claimsOf = ({ access_token }: Token): Readonly<Record<string, unknown>> =>
  JSON.parse(Buffer.from(access_token.split(".")[1] ?? "", "base64url").toString()) as Record<
    string,
    unknown
  >;

const invalid = (error_description: string) => ({
  status: 400,
  json: { error: "invalid_request", error_description },
});

describe("a token", () => {
  test("has every number as a decimal string, and no refresh token", async () => {
    const seconds = START / 1000;
    expect(await tokenOf(FOR_STORAGE)).toEqual({
      access_token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
      client_id: expect.stringMatching(/^[\da-f-]{36}$/),
      expires_in: "86400",
      expires_on: String(seconds + 86_400),
      ext_expires_in: "86400",
      not_before: String(seconds),
      refresh_token: "",
      resource: STORAGE,
      token_type: "Bearer",
    });
  });

  test("is a JWT of the VM's own identity, signed by a key that the simulator shows", async () => {
    const token = await tokenOf(FOR_STORAGE);
    const [header = "", claims = "", signature = ""] = token.access_token.split(".");
    const { keys } = (await ask(simulator, "/pki/keys.json", { headers: {} })).json as {
      keys: readonly [JsonWebKey & { kid: string }];
    };
    expect(JSON.parse(Buffer.from(header, "base64url").toString())).toEqual({
      typ: "JWT",
      alg: "RS256",
      kid: keys[0].kid,
    });
    const key = createPublicKey({ key: keys[0], format: "jwk" });
    expect(
      verify("sha256", Buffer.from(`${header}.${claims}`), key, Buffer.from(signature, "base64url")),
    ).toBe(true);
    expect(claimsOf(token)).toMatchObject({
      aud: STORAGE,
      iss: `https://sts.windows.net/${simulator.vm.tenantId}/`,
      appid: token.client_id,
      exp: START / 1000 + 86_400,
      xms_mirid: expect.stringMatching(/\/virtualMachines\/web-01$/),
    });
  });

  test("is kept and grows older, until half its life is over or bypass_cache asks for a new one", async () => {
    const first = await tokenOf(FOR_STORAGE);
    await clock.advance(60_000);
    expect(await tokenOf(FOR_STORAGE)).toEqual({ ...first, expires_in: "86340" });
    const bypassed = await tokenOf(`${FOR_STORAGE}&bypass_cache=true`);
    expect(bypassed).toMatchObject({ expires_in: "86400" });
    expect(bypassed.access_token).not.toBe(first.access_token);
    expect(await tokenOf(`${TOKEN}&resource=https://vault.azure.net`)).toMatchObject({ expires_in: "86400" });
    await clock.advance(12 * 3_600_000);
    expect((await tokenOf(FOR_STORAGE)).access_token).not.toBe(bypassed.access_token);
  });

  test("may be for a resource that is a UUID", async () => {
    expect(await tokenOf(`${TOKEN}&resource=00000003-0000-0000-c000-000000000000`)).toBeDefined();
  });
});

describe("refused in the words of the identity family", () => {
  const missing = "Required query variable 'resource' is missing";
  test.each([
    [TOKEN, invalid(missing)],
    [`${TOKEN}&resource=`, invalid(missing)],
    [`${TOKEN}&resource=nonsense`, { status: 400, json: { error: "invalid_resource" } }],
    [
      `${FOR_STORAGE}&client_id=a&object_id=b`,
      invalid("Only one of client_id, object_id and msi_res_id may be given, not client_id and object_id"),
    ],
    [`${FOR_STORAGE}&client_id=8f2d9a1c-5a0e-4a67-9c36-0f5f3f1f7b11`, invalid("Identity not found")],
    [
      "/metadata/identity/oauth2/token?resource=x",
      {
        status: 400,
        json: {
          error: "invalid_request",
          error_description: expect.stringContaining("api-version is invalid"),
        },
      },
    ],
    [
      "/metadata/identity/oauth2/token?api-version=2017-12-01",
      { status: 400, json: { error: "invalid_request" } },
    ],
    [
      `${FOR_STORAGE}&resource=https://vault.azure.net`,
      {
        status: 400,
        json: { error: "invalid_request", error_description: expect.stringContaining("more than once") },
      },
    ],
    ["/metadata/identity?api-version=2018-02-01", { status: 404, json: { error: "not_found" } }],
    ["/metadata/identity/oauth2?api-version=2018-02-01", { status: 404, json: { error: "not_found" } }],
  ])("%s", async (path, expected) => {
    expect(await ask(simulator, path)).toMatchObject(expected);
  });

  test("without the Metadata header, as captured", async () => {
    const answer = await ask(simulator, FOR_STORAGE, { headers: {} });
    expect(answer).toMatchObject(invalid("Required metadata header not specified"));
    expect(answer.headers.get("content-length")).toBe("88");
  });

  test("forwarded", async () => {
    const headers = { Metadata: "true", "X-Forwarded-For": "10.0.0.1" };
    expect(await ask(simulator, FOR_STORAGE, { headers })).toMatchObject(
      invalid("Requests with an X-Forwarded-For header are rejected."),
    );
  });

  test("with POST", async () => {
    const headers = { Metadata: "true" };
    expect(await ask(simulator, FOR_STORAGE, { headers, method: "POST" })).toMatchObject({
      status: 405,
      json: { error: "method_not_allowed" },
    });
  });

  test("without any identity: token and info", async () => {
    simulator.updateVm({ identities: [] });
    expect(await ask(simulator, FOR_STORAGE)).toMatchObject(invalid("Identity not found"));
    expect(await ask(simulator, "/metadata/identity/info?api-version=2018-02-01")).toMatchObject(
      invalid("Identity not found"),
    );
  });
});

test("info names the tenant", async () => {
  expect(await ask(simulator, "/metadata/identity/info?api-version=2018-02-01")).toMatchObject({
    status: 200,
    json: { tenantId: "abd8daee-d393-4239-9377-883adda3d40f" },
  });
});

describe("several identities", () => {
  const clientId = "be5947ed-3560-4afe-9504-59967a63f810";
  const own =
    "/subscriptions/11111111-2222-3333-4444-555555555555/resourcegroups/rg-sample/providers/Microsoft.ManagedIdentity/userAssignedIdentities";

  test("the system-assigned one answers unless another is named, by any of its ids and in any case", async () => {
    simulator.updateVm({ identities: [{ name: "reader", clientId }, {}, { name: "writer" }] });
    const system = await tokenOf(FOR_STORAGE);
    expect(claimsOf(system)["xms_mirid"]).toMatch(/\/virtualMachines\/web-01$/);
    const reader = await tokenOf(`${FOR_STORAGE}&client_id=${clientId.toUpperCase()}`);
    expect(reader.client_id).toBe(clientId);
    const byObject = await tokenOf(`${FOR_STORAGE}&object_id=${String(claimsOf(reader)["oid"])}`);
    expect(byObject).toEqual(reader);
    for (const selector of ["msi_res_id", "mi_res_id"]) {
      const id = encodeURIComponent(`${own.toUpperCase()}/WRITER`);
      const writer = await tokenOf(`${FOR_STORAGE}&${selector}=${id}`);
      expect(claimsOf(writer)["xms_mirid"]).toBe(`${own}/writer`);
    }
  });

  test("two user-assigned ones are ambiguous, one is not", async () => {
    simulator.updateVm({ identities: [{ name: "reader" }, { name: "writer" }] });
    expect(await ask(simulator, FOR_STORAGE)).toMatchObject(
      invalid(
        "Multiple user assigned identities exist, please specify the clientId / resourceId of the identity in the token request",
      ),
    );
    simulator.updateVm({ identities: [{ name: "reader", clientId }] });
    expect((await tokenOf(FOR_STORAGE)).client_id).toBe(clientId);
  });
});

test("more than 20 tokens in a second are refused as captured, and count by themselves", async () => {
  await using limited = await startSimulator({ clock, rateLimit: 1, identityRateLimit: 20 });
  for (let asked = 0; asked < 20; asked++)
    expect(await ask(limited, FOR_STORAGE)).toMatchObject({ status: 200 });
  const refused = await ask(limited, FOR_STORAGE);
  expect(refused).toMatchObject({
    status: 429,
    json: { error: "invalid_request", error_description: "Temporarily throttled, too many requests" },
  });
  expect(refused.headers.get("content-length")).toBe("90");
  expect(refused.headers.get("retry-after")).toBeNull();
  const instance = "/metadata/instance?api-version=2021-02-01";
  expect(await ask(limited, instance)).toMatchObject({ status: 200 });
  expect(await ask(limited, instance)).toMatchObject({ status: 429, json: { error: "Too many requests" } });
  await clock.advance(1000);
  expect(await ask(limited, FOR_STORAGE)).toMatchObject({ status: 200 });
});
