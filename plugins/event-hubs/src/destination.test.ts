import { createAjv } from "@forewarn/sdk/ajv";
import { describe, expect, it } from "vitest";
import { destinationOf } from "./destination.ts";
import { type EventHubsOptions, options } from "./options.ts";

const key = "c2VjcmV0LWtleS1vZi10aGUtdGVzdA==";
const connectionString = `Endpoint=sb://contoso.servicebus.windows.net/;SharedAccessKeyName=send;SharedAccessKey=${key}`;
const namespace = "contoso.servicebus.windows.net";
const clientId = "12345678-1234-1234-1234-123456789abc";

const of = (given: Partial<EventHubsOptions>) =>
  destinationOf({ eventHub: "vm-events", partitionBy: "vm", mode: "binary", transport: "amqp", ...given });

describe("destinationOf", () => {
  it("takes a connection string, with or without naming the way", () => {
    const expected = {
      host: namespace,
      eventHub: "vm-events",
      access: { kind: "connection-string", connectionString, keyName: "send", isEmulator: false },
    };
    expect(of({ connectionString })).toMatchObject(expected);
    expect(of({ connectionString, auth: "connection-string" })).toMatchObject(expected);
    expect(of({ connectionString }).secrets).toContain(key);
  });

  it("takes a namespace with an identity, the managed one by default", () => {
    expect(of({ namespace })).toEqual({
      host: namespace,
      eventHub: "vm-events",
      access: { kind: "managed-identity" },
      secrets: [],
    });
    expect(of({ namespace, clientId }).access).toEqual({ kind: "managed-identity", clientId });
    expect(of({ namespace, auth: "azure-identity" }).access).toEqual({ kind: "azure-identity" });
  });

  it.each([
    "contoso.servicebus.chinacloudapi.cn",
    "contoso.servicebus.usgovcloudapi.net",
    "events.internal.example:5671",
    "localhost:5671",
    "10.0.0.7",
  ])("takes the namespace %s", (namespace) => {
    expect(of({ namespace }).host).toBe(namespace);
  });

  it("takes an EntityPath that agrees, in any case", () => {
    expect(of({ connectionString: `${connectionString};EntityPath=VM-Events` }).eventHub).toBe("vm-events");
  });

  it("says all that does not go with a connection string at once", () => {
    const wrong = { connectionString: `${connectionString};EntityPath=orders`, namespace, clientId };
    expect(() => of({ ...wrong, auth: "managed-identity" })).toThrow(
      /^option namespace: .*; and option auth: .*; and option clientId: .*; and option eventHub: /,
    );
  });

  it("names both where the EntityPath is another", () => {
    expect(() => of({ connectionString: `${connectionString};EntityPath=orders` })).toThrow(
      'option eventHub: "vm-events" is not the EntityPath of the option connectionString, "orders"',
    );
  });

  it.each([
    [{}, /^option namespace: is missing.*or give connectionString$/],
    [{ namespace, connectionString }, /^option namespace: excludes connectionString/],
    [{ connectionString, auth: "managed-identity" }, /^option auth: managed-identity needs .* namespace/],
    [{ connectionString, auth: "azure-identity" }, /^option auth: azure-identity needs .* namespace/],
    [{ namespace, auth: "connection-string" }, /^option auth: connection-string needs .* connectionString/],
    [{ auth: "connection-string" }, /^option auth: connection-string needs/],
    [{ connectionString, clientId }, /^option clientId: .* remove it$/],
    [{ namespace: "contoso" }, /^option namespace: .*"contoso.servicebus.windows.net"$/],
    [{ namespace: `sb://${namespace}/` }, /^option namespace: .*without scheme and path: "contoso[^/]*"$/],
    [{ namespace: `${namespace}/vm-events` }, /without scheme and path: "contoso\.servicebus[^/]*"$/],
    [{ namespace: "a b.net" }, /^option namespace: must be a host name/],
    [{ connectionString: "x" }, /^option connectionString: /],
  ] as const)("refuses %j", (given, message) => {
    expect(() => of(given)).toThrow(message);
    expect(() => of(given)).toThrow(expect.objectContaining({ code: "FOREWARN_MISCONFIGURED" }));
  });
});

describe("the schema of the options", () => {
  const validate = createAjv().compile(options);
  const check = (given: object) => validate(structuredClone({ eventHub: "vm-events", ...given }));

  it("fills in what is usual", () => {
    const given = { eventHub: "vm-events", namespace };
    expect(validate(given)).toBe(true);
    expect(given).toEqual({ ...given, partitionBy: "vm", mode: "binary", transport: "amqp" });
  });

  it.each([
    { namespace, auth: "azure-identity", clientId },
    { namespace: "localhost:5671" },
    { connectionString },
    { eventHub: "a" },
    { eventHub: "A.b_c-9" },
  ])("takes %j", (given) => {
    expect(check(given)).toBe(true);
  });

  it.each([
    { namespace: `sb://${namespace}` },
    { namespace: `${namespace}/` },
    { namespace: "" },
    { connectionString: "${env:X" },
    { eventHub: "" },
    { eventHub: "-a" },
    { eventHub: "a/b" },
    { eventHub: "a".repeat(257) },
    { namespace, clientId: "me" },
    { namespace, auth: "none" },
    { namespace, partitionBy: "none" },
    { namespace, mode: "batched" },
    { namespace, transport: "https" },
    { namespace, region: "we" },
  ])("refuses %j", (given) => {
    expect(check(given)).toBe(false);
  });
});
