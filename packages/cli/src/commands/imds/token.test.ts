import { type Simulator, startSimulator } from "@forewarn/imds-simulator";
import { afterAll, beforeAll, expect, test } from "vitest";
import { told } from "../../fixtures/told.ts";
import { claimsOf } from "./claims.ts";
import { imds } from "./imds.ts";

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator();
});
afterAll(() => simulator.close());

const resource = "https://management.azure.com/";
const token = (...line: readonly string[]) =>
  told(imds, ["token", ...line], { env: { FOREWARN_IMDS_ENDPOINT: simulator.url } });

/** Whatever is three parts between dots, long enough to be a token. */
const secret = /[\w-]{20,}\.[\w-]{20,}\.[\w-]{20,}/;

test("shows whose the token is, for whom and until when, and not the token", async () => {
  const { code, stdout, stderr } = await token("--resource", resource);
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout).toMatch(/^resource {3}https:\/\/management\.azure\.com\/$/m);
  expect(stdout).toMatch(/^type {7}Bearer, JWT signed with \w+$/m);
  expect(stdout).toMatch(/^expires {4}\d{4}-\d\d-\d\d \S+, in /m);
  for (const claim of ["aud", "iss", "oid", "appid", "tid", "exp"])
    expect(stdout).toMatch(new RegExp(`^ {2}${claim} +\\S`, "m"));
  expect(stdout).not.toMatch(secret);
  expect(stdout.split("\n").at(-2)).toBe("The token itself is not shown; --show-secret prints it.");
});

test("--show-secret prints it, and what was shown before is what is in it", async () => {
  const shown = await token("--resource", resource, "--show-secret", "--json");
  const hidden = await token("--resource", resource, "--json");
  const { accessToken, claims } = JSON.parse(shown.stdout) as { accessToken: string; claims: object };
  expect(accessToken).toMatch(secret);
  expect(hidden.stdout).not.toMatch(secret);
  expect(Object.keys(JSON.parse(hidden.stdout) as object)).toEqual([
    "resource",
    "tokenType",
    "clientId",
    "notBefore",
    "expiresOn",
    "header",
    "claims",
  ]);
  expect(claimsOf(accessToken)?.claims).toEqual(claims);
  expect((await token("--resource", resource, "--show-secret")).stdout).toMatch(secret);
});

test("a token that is over: exit 1, in red", async () => {
  const body = { access_token: "opaque", expires_on: "1506484173", token_type: "Bearer", resource };
  simulator.respondNext({ status: 200, body });
  const { code, stdout } = await token("--resource", resource);
  expect(code).toBe(1);
  expect(stdout).toMatch(/^type {6}Bearer, opaque: it has no claims to read$/m);
  expect(stdout).toMatch(/^expires {3}2017-09-2\d .* ago$/m);
});

test("no such identity: what IMDS says, and what to do", async () => {
  const { code, stdout, stderr } = await token("--resource", resource, "--client-id", "nobody");
  expect([code, stdout]).toEqual([1, ""]);
  expect(stderr).toMatch(/^ {2}IMDS says: Identity not found$/m);
  expect(stderr).toMatch(/^ {2}help: az vm identity show tells which identities this VM has/m);
});

test.each([
  [[], /^forewarn imds token needs --resource URL: /],
  [
    ["--resource", resource, "--client-id", "a", "--object-id", "b"],
    /^forewarn imds token: a token is of one identity: give --client-id or --object-id, not both$/m,
  ],
])("%j: exit 64", async (line, message) => {
  const { code, stderr } = await token(...line);
  expect(code).toBe(64);
  expect(stderr).toMatch(message);
});

test.each(["", "a.b", "a.b.c", "a.b.c.d", "bnVsbA.bnVsbA.x"])("%j is no token with claims", (text) => {
  expect(claimsOf(text)).toBeNull();
});
