import { MisconfiguredError, type SinkContext, isSinkDefinition, secretPaths } from "@forewarn/sdk";
import { createAjv } from "@forewarn/sdk/ajv";
import { describe, expect, it } from "vitest";
import { webhook } from "./webhook.ts";

type Options = Parameters<typeof webhook.open>[0];

/** The sentence with which `open` refuses the options, or nothing where it takes them. */
function refusal(options: Partial<Options>): string | undefined {
  const all: Options = { url: "https://example.com/hook", mode: "structured", ...options };
  try {
    void webhook.open(all, { options: all } as SinkContext<Options>);
    return undefined;
  } catch (error) {
    if (error instanceof MisconfiguredError) return error.message;
    throw error;
  }
}

describe("schema", () => {
  const validate = createAjv().compile(webhook.options);
  const url = "https://example.com/hook";

  it("fills in the mode", () => {
    const options = { url };
    expect(validate(options)).toBe(true);
    expect(options).toEqual({ url, mode: "structured" });
  });

  it.each([
    {},
    { url: "example.com" },
    { url: "ftp://example.com" },
    { url: "http:/example.com" },
    { url, mode: "batch" },
    { url, headers: { a: 1 } },
    { url, secrets: "typo" },
  ])("refuses %j", (options) => {
    expect(validate(options)).toBe(false);
  });

  it("declares what is secret", () => {
    expect(secretPaths(webhook.options)).toEqual([
      "apiKey",
      "body",
      "headers.*",
      "previousSecret",
      "routingKey",
      "secret",
      "url",
    ]);
    expect(isSinkDefinition(webhook)).toBe(true);
    expect(webhook.type).toBe("webhook");
  });
});

describe("url", () => {
  it.each(["https://example.com", "http://127.0.0.1:8080/x?y=z", "HTTPS://EXAMPLE.COM/", "http://[::1]/"])(
    "takes %s",
    (url) => {
      expect(refusal({ url })).toBeUndefined();
    },
  );

  it.each(["", "example.com", "ftp://example.com", "file:///etc/passwd", "http://"])("refuses %j", (url) => {
    expect(refusal({ url })).toBe("option url: must be an http or https URL");
  });

  it("refuses credentials in it without showing them", () => {
    const message = refusal({ url: "https://user:hunter2@example.com/" });
    expect(message).toContain("must hold no user and password");
    expect(message).not.toContain("hunter2");
  });
});

describe("headers", () => {
  it("takes what is the user's", () => {
    const headers = { Authorization: "Bearer x", "X-Api-Key": "y", "user-agent": "me", "x-latin": "\u00e9" };
    expect(refusal({ headers })).toBeUndefined();
  });

  it.each(["", "a b", "a:b", "a\r\nEvil", "é", "(x)"])("refuses the name %j", (name) => {
    expect(refusal({ headers: { [name]: "x" } })).toBe(
      `option headers: ${JSON.stringify(name)} is no HTTP header name`,
    );
  });

  it.each([
    "Content-Type",
    "content-length",
    "Content-Encoding",
    "ce-id",
    "CE-Type",
    "webhook-id",
    "Webhook-Signature",
    "Host",
    "Connection",
    "Keep-Alive",
    "Proxy-Authorization",
    "TE",
    "Trailer",
    "Transfer-Encoding",
    "Upgrade",
    "Expect",
    "Metadata",
  ])("leaves %s to those who own it", (name) => {
    expect(refusal({ headers: { [name]: "hunter2" } })).toBe(
      `option headers: "${name}" cannot be set, since Forewarn or HTTP itself sets or forbids it`,
    );
  });

  it.each(["a\r\nEvil: 1", "a\nb", "a\u0000", "€"])("refuses the value %j without showing it", (value) => {
    expect(refusal({ headers: { "x-key": value } })).toBe(
      'option headers: "x-key" has a value with a line break or another character that HTTP forbids',
    );
  });

  it("refuses a name twice", () => {
    expect(refusal({ headers: { "X-Key": "1", "x-key": "2" } })).toBe(
      'option headers: "x-key" is given twice',
    );
  });
});

describe("secrets", () => {
  const good = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

  it("takes both, and refuses the old one alone", () => {
    expect(refusal({ secret: good, previousSecret: good })).toBeUndefined();
    expect(refusal({ previousSecret: good })).toBe(
      "option previousSecret: means nothing without the option secret",
    );
  });

  it("names the one that is bad", () => {
    expect(refusal({ secret: "hunter2" })).toMatch(/^option secret: must be whsec_/);
    expect(refusal({ secret: good, previousSecret: "hunter2" })).toMatch(/^option previousSecret: must be/);
  });
});
