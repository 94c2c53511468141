import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { readBootId, sameBoot } from "./boot.ts";

test("the boot id of this machine is the same each time", () => {
  expect(sameBoot(readBootId(), readBootId())).toBe(true);
});

test.runIf(existsSync("/proc/sys/kernel/random/boot_id"))("on Linux it is the kernel's", () => {
  expect(readBootId()).toMatch(/^[0-9a-f-]{36}$/);
});

test.each([
  ["4e3d", "4e3d", true],
  ["4e3d", "4e3e", false],
  ["booted:1000000", "booted:1000000", true],
  ["booted:1000000", "booted:1059999", true],
  ["booted:1059999", "booted:1000000", true],
  ["booted:1000000", "booted:1060000", false],
  // The state directory moved to a machine of another kind.
  ["booted:1000000", "4e3d", false],
])("%s and %s: the same boot is %s", (a, b, same) => {
  expect(sameBoot(a, b)).toBe(same);
});
