import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseConnectionString } from "./connection-string.ts";

const key = "c2VjcmV0LWtleS1vZi10aGUtdGVzdA==";
const usual = `Endpoint=sb://contoso.servicebus.windows.net/;SharedAccessKeyName=send;SharedAccessKey=${key}`;

describe("parseConnectionString", () => {
  it("reads what the portal shows, of a namespace or of an Event Hub", () => {
    expect(parseConnectionString(usual)).toEqual({
      host: "contoso.servicebus.windows.net",
      keyName: "send",
      isEmulator: false,
      secrets: [key],
      canonical: usual,
    });
    expect(parseConnectionString(`${usual};EntityPath=vm-events`)).toMatchObject({
      entityPath: "vm-events",
      canonical: usual,
    });
  });

  it("reads names in any case, spaces, a line end, unknown parts, and an emulator with any port", () => {
    const text = ` endpoint = sb://localhost:5690 ;SHAREDACCESSKEYNAME=a; SharedAccessKey=${key} ;x=;usedevelopmentemulator=True;;\n`;
    expect(parseConnectionString(text)).toMatchObject({
      host: "localhost:5690",
      isEmulator: true,
      canonical: `Endpoint=sb://localhost:5690/;SharedAccessKeyName=a;SharedAccessKey=${key};UseDevelopmentEmulator=true`,
    });
  });

  it("reads a signature instead of a key", () => {
    const signature = "SharedAccessSignature sr=sb%3A%2F%2Fc&sig=abc%3D&se=1795385391&skn=send";
    expect(
      parseConnectionString(`Endpoint=sb://c.servicebus.windows.net;SharedAccessSignature=${signature}`),
    ).toEqual({
      host: "c.servicebus.windows.net",
      isEmulator: false,
      secrets: [signature],
      canonical: `Endpoint=sb://c.servicebus.windows.net/;SharedAccessSignature=${signature}`,
    });
  });

  it.each([
    ["", "it lacks Endpoint=sb://<namespace>.servicebus.windows.net/"],
    [`SharedAccessKeyName=send;SharedAccessKey=${key}`, "it lacks Endpoint"],
    ["Endpoint=sb://c/", "it lacks SharedAccessKeyName and SharedAccessKey"],
    ["Endpoint=sb://c/;SharedAccessKeyName=send", "it lacks SharedAccessKey;"],
    ["Endpoint=sb://c/;SharedAccessKeyName=send;SharedAccessKey=", "it lacks SharedAccessKey;"],
    [`Endpoint=sb://c/;SharedAccessKey=${key}`, "it lacks SharedAccessKeyName;"],
    [`${usual};SharedAccessSignature=${key}`, "not both"],
    ["c2VjcmV0LWtleS1vZi10aGUtdGVzdA", "must have the form Name=value"],
    [`${usual};=${key}`, "must have the form Name=value"],
    [
      `Endpoint=https://c/;SharedAccessKeyName=a;SharedAccessKey=${key}`,
      "must have the form sb://<host name>/",
    ],
    [`Endpoint=sb://${key}/hub;SharedAccessKeyName=a;SharedAccessKey=${key}`, "must have the form sb://"],
  ])("%j: %s", (text, message) => {
    const error = catchOf(() => parseConnectionString(text));
    expect(error).toMatchObject({ code: "FOREWARN_MISCONFIGURED" });
    expect(error.message).toContain(message);
    expect(error.message).toMatch(/^option connectionString: .*Shared access policies$/);
    expect(error.message).not.toContain(key.slice(0, 30));
  });

  it("never quotes what it is given", () => {
    const parts = fc.constantFrom("Endpoint", "SharedAccessKeyName", "SharedAccessKey", "EntityPath", "");
    const separator = fc.constantFrom("=", "", ":");
    const secret = fc.stringMatching(/^[A-Za-z0-9+/]{20,44}={0,2}$/);
    fc.assert(
      fc.property(fc.array(fc.tuple(parts, separator), { maxLength: 5 }), secret, (names, secret) => {
        const text = names.map(([name, separator]) => `${name}${separator}${secret}`).join(";");
        const error = catchOf(() => parseConnectionString(text));
        expect(String(error.stack)).not.toContain(secret);
      }),
    );
  });
});

function catchOf(run: () => unknown): Error {
  try {
    run();
  } catch (error) {
    return error as Error;
  }
  return new Error("it did not throw");
}
