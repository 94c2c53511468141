import { expect, test } from "vitest";
import { type Coverage, type CoverageSummary, judge } from "../../scripts/coverage-floor.ts";
import { read } from "./workspace.ts";

const floor: Coverage = { lines: 90, branches: 80, functions: 85 };
const measured = (lines: number, branches: number, functions: number): CoverageSummary => ({
  total: { lines: { pct: lines }, branches: { pct: branches }, functions: { pct: functions } },
});

test("at the floor it stands, and says what was measured", () => {
  const { stands, told, next } = judge(measured(90, 80.5, 85.2), floor);
  expect({ stands, told }).toEqual({
    stands: true,
    told: ["coverage: lines 90 % (floor 90 %), branches 80.5 % (floor 80 %), functions 85.2 % (floor 85 %)"],
  });
  expect(next).toEqual({ lines: 90, branches: 80.2, functions: 85 });
});

test("below it fails and names what is below; the floor never goes down", () => {
  const { stands, told, next } = judge(measured(89.99, 99, 60), floor);
  expect(stands).toBe(false);
  expect(told[1]).toBe("below the floor: lines, functions; write the tests that are missing");
  expect(next).toEqual({ lines: 90, branches: 98.7, functions: 85 });
});

test("clearly above it asks to raise it", () => {
  expect(judge(measured(91, 80, 85), floor).told[1]).toMatch(/raise it: npm run coverage -- --raise$/);
});

/** Where the floor was when it was laid. */
const begun: Coverage = { lines: 90.5, branches: 84, functions: 90.7 };

test("the committed floor is high, and never lower than what it was when it was begun", () => {
  const committed = JSON.parse(read("scripts/coverage-floor.json")) as Coverage;
  for (const kind of ["lines", "branches", "functions"] as const)
    expect(committed[kind], kind).toBeGreaterThanOrEqual(begun[kind]);
});
