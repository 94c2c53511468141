import { expect, test } from "vitest";
import { isLoopback, isOwnHost } from "./host.ts";

test.each([
  ["localhost:4690", true],
  ["LOCALHOST", true],
  ["127.0.0.1:4690", true],
  ["[::1]:4690", true],
  ["10.0.0.4:4690", true],
  ["[fd00::4]:4690", true],
  ["monitor.internal:4690", true],
  ["10.0.0.5:4690", false],
  ["evil.example", false],
  ["evil.example:4690", false],
  ["127.0.0.1.evil.example", false],
  ["localhost.evil.example:4690", false],
  ["localhost:4690@evil.example", false],
  ["", false],
  [":4690", false],
  ["[::1", false],
])("host %j: %s", (header, own) => {
  const ways = [
    isOwnHost(header, "10.0.0.4", "::ffff:127.0.0.1"),
    isOwnHost(header, "0.0.0.0", "10.0.0.4"),
    isOwnHost(header, "::", "::ffff:10.0.0.4"),
    isOwnHost(header, "::", "fd00::4"),
    isOwnHost(header, "Monitor.internal", "10.0.0.9"),
  ];
  expect(ways.includes(true)).toBe(own);
});

test.each([
  ["127.0.0.1", true],
  ["127.8.9.1", true],
  ["::1", true],
  ["localhost", true],
  ["0.0.0.0", false],
  ["::", false],
  ["127.example.com", false],
  ["10.0.0.4", false],
])("%s: loopback %s", (host, loopback) => {
  expect(isLoopback(host)).toBe(loopback);
});
