import { expect, test } from "vitest";
import { hideCredentials } from "./credentials.ts";

test.each([
  ["https://bob:pw@host/x", "https://******@host/x"],
  ['"https://bob@host"', '"https://***@host"'],
  ["bob:pw@host", "******@host"],
  ["https://bob:pw", "https://******"],
  ["https://host:8080/x?y=z", "https://host:8080/x?y=z"],
  ["https://${env:HOST}:8080/${file:/run/x}", "https://${env:HOST}:8080/${file:/run/x}"],
  ["https://bob:${env:PW}@host", "https://*************@host"],
  ["'-----BEGIN PRIVATE KEY----- MIG", "'*******************************"],
  ["@acme/pager", "@acme/pager"],
  ["C:\\logs", "C:\\logs"],
  ["10 seconds", "10 seconds"],
])("%s is shown as %s", (text, expected) => {
  expect(hideCredentials(text)).toBe(expected);
});
