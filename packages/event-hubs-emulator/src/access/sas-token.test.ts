import { expect, test } from "vitest";

import { parseSasToken, sasToken } from "./sas-token.ts";

const wire = sasToken(
  "sb://localhost:41733/hub",
  "RootManageSharedAccessKey",
  "SAS_KEY_VALUE",
  1_795_385_391_999,
);

test("a token is the one that the Azure SDK makes", () => {
  expect(wire).toBe(
    "SharedAccessSignature sr=sb%3A%2F%2Flocalhost%3A41733%2Fhub&sig=uM8fhurdgs78a%2BMDuFv8FZaNe2l0KTisi3vTs1%2BkkBM%3D&se=1795385391&skn=RootManageSharedAccessKey",
  );
  const token = parseSasToken(wire);
  expect(token).toMatchObject({
    resource: "sb://localhost:41733/hub",
    keyName: "RootManageSharedAccessKey",
    expiresAt: 1_795_385_391_000,
  });
  expect(token?.signedBy("SAS_KEY_VALUE")).toBe(true);
  expect(token?.signedBy("SAS_KEY_VALUF")).toBe(false);
});

test("what is signed cannot be changed", () => {
  for (const forged of [
    wire.replace("hub", "hub2"),
    wire.replace("se=1", "se=2"),
    wire.replace(/sig=./, "sig=0"),
  ])
    expect(parseSasToken(forged)?.signedBy("SAS_KEY_VALUE")).toBe(false);
});

test.each([
  "",
  "Bearer x",
  "SharedAccessSignature ",
  wire.replace("&se=", "&xx="),
  wire.replace("%3A", "%ZZ"),
])("%j is no token", (text) => {
  expect(parseSasToken(text)).toBeUndefined();
});
