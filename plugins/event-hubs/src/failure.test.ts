import { describe, expect, it } from "vitest";
import type { Destination } from "./destination.ts";
import { abortedFailure, failureOf } from "./failure.ts";
import { MisconfiguredError } from "@forewarn/sdk";

const key = "c2VjcmV0LWtleS1vZi10aGUtdGVzdA==";
const byKey: Destination = {
  host: "contoso.servicebus.windows.net",
  eventHub: "vm-events",
  access: { kind: "connection-string", connectionString: `…${key}`, keyName: "send", isEmulator: false },
  secrets: [key],
};
const byIdentity: Destination = { ...byKey, access: { kind: "managed-identity" }, secrets: [] };

/** As the SDK throws it. */
const sdk = (code: string | undefined, message = "words of the service") =>
  Object.assign(new Error(message), { name: "MessagingError", code, retryable: true });
/** As AMQP says it when a link or a connection ends. */
const amqp = (condition: string, description = "words of the service") => ({ condition, description });

const missingClaim =
  "Unauthorized access. 'Send' claim(s) are required to perform this operation. Resource: 'sb://contoso.servicebus.windows.net/vm-events'. TrackingId:1_G2";

describe("what needs a person", () => {
  const certificate = Object.assign(new Error("self-signed"), { code: "DEPTH_ZERO_SELF_SIGNED_CERT" });
  const noProxyUser = { type: "error", error: new Error("Unexpected server response: 407") };
  const notTls = Object.assign(new Error("wrong version number"), { code: "ERR_SSL_WRONG_VERSION_NUMBER" });
  const rows: readonly (readonly [what: string, Destination, error: unknown, message: RegExp])[] = [
    [
      "a wrong key",
      byKey,
      sdk("UnauthorizedError", "InvalidSignature"),
      /policy send is gone, or its key was/,
    ],
    ["no right", byKey, amqp("amqp:unauthorized-access", missingClaim), /lacks the right Send for vm-events/],
    ["a wrong clock", byKey, sdk("UnauthorizedError", "ExpiredToken"), /check the clock of this machine/],
    [
      "no role",
      byIdentity,
      sdk("UnauthorizedError", missingClaim),
      /lacks the role "Azure Event Hubs Data Sender"/,
    ],
    ["another tenant", byIdentity, amqp("com.microsoft:auth-failed"), /tenant of the namespace/],
    [
      "no Event Hub",
      byKey,
      sdk("MessagingEntityNotFoundError"),
      /no Event Hub vm-events in contoso.*eventHub/,
    ],
    ["no Event Hub", byKey, sdk("ServiceCommunicationError"), /no Event Hub vm-events/],
    ["an Event Hub that was deleted", byKey, amqp("amqp:not-found"), /no Event Hub vm-events/],
    ["no such host", byKey, sdk("ENOTFOUND"), /no host contoso.*option connectionString \(its Endpoint\)/],
    ["no such namespace", byIdentity, sdk("ENOTFOUND"), /no host contoso.*option namespace/],
    [
      "disabled",
      byKey,
      sdk("MessagingEntityDisabledError"),
      /vm-events is disabled: set its status to Active/,
    ],
    ["a quota", byKey, sdk("QuotaExceededError"), /a quota of contoso.* is exhausted/],
    ["a certificate", byKey, certificate, /certificate .*NODE_EXTRA_CA_CERTS/],
    ["no TLS", byIdentity, notTls, /no TLS connection with contoso.*option namespace/],
    ["a proxy's user", byKey, noProxyUser, /the proxy wants a user and a password/],
    [
      "a proxy's refusal",
      byKey,
      new Error("Unexpected server response: 403"),
      /answered 403: check that the proxy/,
    ],
  ];

  it.each(rows)("%s", (_, destination, error, message) => {
    const failure = failureOf(error, destination, "sending");
    expect(failure.code).toBe("FOREWARN_MISCONFIGURED");
    expect(failure.message).toMatch(message);
  });

  it("tells key, right, role and Event Hub apart, and ends with the service's words", () => {
    const messages = [
      failureOf(sdk("UnauthorizedError", "InvalidSignature"), byKey, "opening"),
      failureOf(sdk("UnauthorizedError", missingClaim), byKey, "opening"),
      failureOf(sdk("UnauthorizedError", missingClaim), byIdentity, "opening"),
      failureOf(sdk("MessagingEntityNotFoundError", "could not be found"), byKey, "opening"),
    ].map(({ message }) => message);
    expect(new Set(messages.map((message) => message.slice(0, 60))).size).toBe(4);
    expect(messages[3]).toMatch(/\(could not be found\)$/);
  });
});

describe("what is wrong with the events", () => {
  it.each(["MessageTooLargeError", "ArgumentError", "ArgumentOutOfRangeError", "InvalidOperationError"])(
    "%s rejects them, and while a link is opened needs a person",
    (code) => {
      expect(failureOf(sdk(code), byKey, "sending")).toMatchObject({ code: "FOREWARN_REJECT", status: code });
      expect(failureOf(sdk(code), byKey, "opening").code).toBe("FOREWARN_MISCONFIGURED");
    },
  );

  it("also where the link was detached for it", () => {
    expect(failureOf(amqp("amqp:link:message-size-exceeded"), byKey, "sending").code).toBe("FOREWARN_REJECT");
  });
});

describe("what passes", () => {
  it.each([
    sdk("SendOperationFailedError", "received a 'released' disposition"),
    sdk("OperationTimeoutError"),
    sdk("InternalServerError"),
    sdk("ServiceUnavailableError"),
    sdk("DetachForcedError"),
    sdk(undefined, "an unknown condition"),
    amqp("amqp:link:detach-forced"),
    amqp("amqp:connection:forced"),
    amqp("amqp:resource-limit-exceeded", "max idle time exceeded"),
    amqp("com.example:new"),
    Object.assign(new Error("refused"), { code: "ECONNREFUSED" }),
    Object.assign(new Error("reset"), { code: "ECONNRESET" }),
    new Error("Unexpected server response: 502"),
    new Error("Failed to connect"),
    "a text",
    undefined,
    null,
    {},
  ])("%j is tried again", (error) => {
    const failure = failureOf(error, byKey, "sending");
    expect(failure).toMatchObject({ code: "FOREWARN_RETRY", retryAfterMs: undefined });
  });

  it("waits when Event Hubs is busy: as long as it says, else 10 s", () => {
    const of = (message?: string) => failureOf(sdk("ServerBusyError", message), byKey, "sending");
    expect(of()).toMatchObject({ code: "FOREWARN_RETRY", retryAfterMs: 10_000 });
    expect(of("Error code : 50002. Please wait 4 seconds and try again.")).toMatchObject({
      retryAfterMs: 4000,
    });
    expect(of("Please wait 0 seconds")).toMatchObject({ retryAfterMs: 1000 });
    expect(failureOf(amqp("com.microsoft:server-busy"), byKey, "opening")).toMatchObject({
      retryAfterMs: 10_000,
    });
  });

  it("says what the time ran out for", () => {
    expect(abortedFailure(byKey, "opening")).toMatchObject({ code: "FOREWARN_RETRY" });
    expect(abortedFailure(byKey, "sending").message).toMatch(/^contoso.*\/vm-events has not said/);
  });
});

describe("nested errors", () => {
  it("are looked into, and the one that needs a person counts", () => {
    const refused = Object.assign(new Error("refused"), { code: "ECONNREFUSED" });
    const nested = new AggregateError([
      refused,
      new AggregateError([refused, sdk("ServerBusyError"), sdk("UnauthorizedError", missingClaim)]),
    ]);
    expect(failureOf(nested, byKey, "sending").code).toBe("FOREWARN_MISCONFIGURED");
    expect(failureOf(new AggregateError([refused, sdk("ServerBusyError")]), byKey, "sending")).toMatchObject({
      retryAfterMs: 10_000,
    });
    const tooLarge = new AggregateError([sdk("ServerBusyError"), refused, sdk("MessageTooLargeError")]);
    expect(failureOf(tooLarge, byKey, "sending").code).toBe("FOREWARN_REJECT");
    expect(failureOf(new AggregateError([], ""), byKey, "sending").code).toBe("FOREWARN_RETRY");
  });

  it("keep a delivery error that came through the SDK", () => {
    const own = new MisconfiguredError("no token");
    expect(failureOf(own, byIdentity, "opening")).toBe(own);
    expect(failureOf(new AggregateError([own]), byIdentity, "opening")).toBe(own);
  });
});

describe("secrets", () => {
  const token = `ey${"J0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9"}.eyJhdWQiOiJo.c2ln-bmF0`;
  const leaks = [
    `sr=… key ${key}`,
    `encoded ${encodeURIComponent(key)}`,
    `SharedAccessSignature sr=sb%3A%2F%2Fc&sig=${encodeURIComponent("unknown=")}&se=1&skn=send`,
    `Endpoint=sb://c/;SharedAccessKeyName=a;SharedAccessKey=unknown==;EntityPath=x`,
    `the token ${token} is bad`,
    "connect http://user:hunter2@proxy:3128 failed",
  ];

  it.each(leaks)("are taken out of %j", (message) => {
    for (const code of ["UnauthorizedError", "MessageTooLargeError", "ServerBusyError", undefined]) {
      const failure = failureOf(sdk(code, message), byKey, "sending");
      const shown = `${failure.stack} ${JSON.stringify(failure)}`;
      for (const secret of [key, encodeURIComponent(key), "unknown", token, "hunter2"]) {
        expect(shown).not.toContain(secret);
      }
      expect(failure.cause).toBeUndefined();
    }
  });

  it("leave one line of bounded length", () => {
    const failure = failureOf(sdk(undefined, `a\nb\u2028${"c".repeat(5000)}`), byKey, "sending");
    expect(failure.message).toMatch(/^[^\n\u2028]{1,600}$/);
  });
});
