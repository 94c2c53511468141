import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { readOptions } from "./options.ts";
import { VERSION } from "./version.ts";

test("the version is that of package.json", () => {
  const text = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  expect((JSON.parse(text) as { readonly version: string }).version).toBe(VERSION);
});

test("without options it asks Azure's address, patiently", () => {
  expect(readOptions({})).toMatchObject({
    origin: "http://169.254.169.254",
    userAgent: `forewarn-imds/${VERSION}`,
    requestTimeoutMs: 10_000,
    firstScheduledEventsTimeoutMs: 130_000,
    maxResponseBytes: 16_777_216,
    apiVersions: { instance: "2025-04-07", scheduledEvents: "2020-07-01", identity: "2018-02-01" },
  });
});

test.each([
  ["http://127.0.0.1:8080", "http://127.0.0.1:8080"],
  ["http://127.0.0.1:80/", "http://127.0.0.1"],
  ["http://[::1]:9", "http://[::1]:9"],
  ["http://localhost", "http://localhost"],
])("%s is an endpoint", (endpoint, origin) => {
  expect(readOptions({ endpoint }).origin).toBe(origin);
});

test.each([
  "https://169.254.169.254",
  "http://169.254.169.254/metadata",
  "http://user:secret@169.254.169.254",
  "http://169.254.169.254?",
  "http://169.254.169.254#x",
  "169.254.169.254",
  "ftp://x",
  "",
])("%j is no endpoint, which the error says without a password", (endpoint) => {
  expect(() => readOptions({ endpoint })).toThrow(
    expect.objectContaining({
      code: "invalid-argument",
      message: expect.not.stringContaining("secret") as string,
    }),
  );
});

test.each([
  { requestTimeoutMs: 0 },
  { requestTimeoutMs: 1.5 },
  { requestTimeoutMs: Number.POSITIVE_INFINITY },
  { firstScheduledEventsTimeoutMs: 2 ** 31 },
  { maxResponseBytes: -1 },
  { userAgent: "a\r\nb" },
  { userAgent: "" },
])("%j cannot work", (options) => {
  expect(() => readOptions(options)).toThrow(expect.objectContaining({ code: "invalid-argument" }));
});
