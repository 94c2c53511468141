import type { Logger } from "@forewarn/sdk";
import { expect, test } from "vitest";
import { codeOf, tellSinks } from "./end.ts";

const report = (left: number, lost: number) => ({ sink: "hk", delivered: 1, left, lost, dead: 2 });

test("the line of a sink says what of the rest is on disk, and is an error where some of it is lost", () => {
  const lines: string[] = [];
  const note = (level: string) => (message: string) => void lines.push(`${level}: ${message}`);
  const log: Logger = { debug: note("debug"), info: note("info"), warn: note("warn"), error: note("error") };
  tellSinks([report(0, 0), report(5, 0), report(5, 3)], log);
  expect(lines).toEqual([
    "info: sink hk: delivered 1, left 0 on disk, dead 2",
    "info: sink hk: delivered 1, left 5 on disk, dead 2",
    "error: sink hk: delivered 1, left 2 on disk, lost 3, dead 2",
  ]);
});

const well = { good: true, stored: true, mustArrive: false };

test.each([
  ["all is well", report(0, 0), {}, 0],
  ["what is left is on disk", report(5, 0), {}, 0],
  ["what should have arrived is left", report(5, 0), { mustArrive: true }, 75],
  ["IMDS did not answer", report(0, 0), { good: false }, 75],
  ["something is lost", report(5, 3), {}, 73],
  ["something is lost, and IMDS did not answer", report(5, 3), { good: false, mustArrive: true }, 73],
  ["what IMDS said last was not stored", report(0, 0), { stored: false }, 73],
])("the exit code where %s", (_, sink, course, code) => {
  expect(codeOf([report(0, 0), sink], { ...well, ...course })).toBe(code);
});
