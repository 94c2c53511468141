import { createHmac } from "node:crypto";
import { MisconfiguredError } from "@forewarn/sdk";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createSign, messageId, parseSecret } from "./signature.ts";

const current = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const old = "whsec_//79/Pv6+fj39vX08/Lx8O/u7ezr6uno5+bl5OPi4eA=";

const sign = (secrets: readonly string[]) =>
  createSign(secrets.map((secret) => parseSecret("secret", secret)));

describe("createSign", () => {
  const id = "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W";
  const now = 1_674_087_231_000;
  const body =
    '{"type":"contact.created","timestamp":"2022-11-03T20:26:10.344522Z","data":{"id":"1f81eb52-5198-4599-803e-771906343485"}}';

  it("equals the worked vector of the standard's library", () => {
    expect(sign([current])(id, body, now)).toEqual({
      "webhook-id": id,
      "webhook-timestamp": "1674087231",
      "webhook-signature": "v1,4PMU5Dl90B4kgwxDpwuMZ/cnZ5ztf+Y+kviYQD66rJg=",
    });
  });

  it("signs with the current key first, then the old one", () => {
    expect(sign([current, old])(id, body, now)["webhook-signature"]).toBe(
      "v1,4PMU5Dl90B4kgwxDpwuMZ/cnZ5ztf+Y+kviYQD66rJg= v1,fxW6Ku2XZ4nIXns+MZghA06ndMdorgp9w1kDUBcSB7Q=",
    );
  });

  it("signs the UTF-8 bytes that are sent, as text or as bytes", () => {
    const unicode =
      '{"specversion":"1.0","id":"C7061BAC-AFDC-4513-B24B-AA5F13A16123","source":"/vm/00000000-0000-0000-0000-000000000000","type":"azure.vm.scheduledevent.preempt","time":"2026-11-22T20:00:00Z","datacontenttype":"application/json","data":{"EventType":"Preempt","EventStatus":"Scheduled","Resources":["vm-é"],"NotBefore":"2026-11-22T20:00:30Z"}}';
    for (const form of [unicode, Buffer.from(unicode)]) {
      expect(sign([current])("evt_01JD9", form, 1_795_377_600_000)["webhook-signature"]).toBe(
        "v1,8pVnp5EWERAp7svqUYF9Imz2zSD5tRciEvLIPhq9xWw=",
      );
    }
  });

  it("floors the time to seconds", () => {
    expect(sign([current])("a", "", 1999)["webhook-timestamp"]).toBe("1");
  });

  it("is what any receiver computes, whatever the body", () => {
    const key = parseSecret("secret", current);
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const expected = createHmac("sha256", key)
          .update(Buffer.concat([Buffer.from("m.1."), bytes]))
          .digest("base64");
        expect(createSign([key])("m", bytes, 1000)["webhook-signature"]).toBe(`v1,${expected}`);
      }),
    );
  });
});

describe("parseSecret", () => {
  const secretOf = (bytes: number) => `whsec_${Buffer.alloc(bytes, 0xab).toString("base64")}`;

  it.each([24, 25, 26, 32, 64])("takes %d bytes, padded or not", (bytes) => {
    expect(parseSecret("secret", secretOf(bytes))).toHaveLength(bytes);
    expect(parseSecret("secret", secretOf(bytes).replace(/=+$/, ""))).toHaveLength(bytes);
  });

  it.each([
    ["no prefix", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", "must be whsec_ followed by Base64"],
    ["a private key", "whsk_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", "must be whsec_"],
    ["no Base64", "whsec_hunter2hunter2 hunter2hunter2hunter2", "must be whsec_ followed by Base64"],
    ["a line break at the end", `${secretOf(32)}\n`, "must be whsec_ followed by Base64"],
    ["nothing", "", "must be whsec_"],
    ["an empty key", "whsec_", "must hold 24 to 64 bytes, not 0"],
    ["23 bytes", secretOf(23), "must hold 24 to 64 bytes, not 23"],
    ["65 bytes", secretOf(65), "must hold 24 to 64 bytes, not 65"],
  ])("refuses %s, names the option and does not show the value", (_, secret, message) => {
    let thrown: unknown;
    try {
      parseSecret("previousSecret", secret);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(MisconfiguredError);
    expect(String(thrown)).toContain(`option previousSecret: ${message}`);
    const shown = secret.length > 14 && String(thrown).includes(secret.slice(6, 14));
    expect(shown).toBe(false);
  });
});

describe("messageId", () => {
  it("is a known value, so that a resend by another version has the same id", () => {
    expect(messageId("/vm/1|a.b")).toBe("msg_P9vdQ3o4XbTyTBUo-G4JfbhuCgQFHVRNeBckVd7UVwY");
  });

  it("holds no dot, has one length, and differs where the name does", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (one, other) => {
        expect(messageId(one)).toMatch(/^msg_[\w-]{43}$/);
        expect(messageId(one) === messageId(other)).toBe(one === other);
      }),
    );
  });
});
