/**
 * Everything that CI runs, in the order in which a fault is cheapest to find. Each step's output is shown; the last
 * lines count the tests, and a step that fails counts as a failed test.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { judgeLastRun } from "./coverage-floor.ts";

interface Step {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  /** What to run when it fails. */
  readonly cure?: string;
  /** Where vitest counts the tests of this step. */
  readonly report?: string;
}

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

const reports = mkdtempSync(join(tmpdir(), "forewarn-test-"));
/** Most tests wait for a process, a socket or a disk: as many as cores would leave two cores idle. */
const workers = Math.max(4, availableParallelism());
const vitest = (name: string, ...args: readonly string[]): Step => {
  const report = join(reports, `${name}.json`);
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  return { name, report, command: ["vitest", "run", `--maxWorkers=${workers}`, ...reporters, ...args] };
};
const steps: readonly Step[] = [
  { name: "build", command: ["npm", "run", "--silent", "build"] },
  { name: "format", command: ["npm", "run", "--silent", "format:check"], cure: "npm run format" },
  { name: "lint", command: ["npm", "run", "--silent", "lint"] },
  { name: "unused exports and dependencies", command: ["npm", "run", "--silent", "unused"] },
  { name: "types", command: ["npm", "run", "--silent", "typecheck"] },
  {
    name: "generated docs",
    command: ["npm", "run", "--silent", "docs:generate", "--", "--check"],
    cure: "npm run docs:generate",
  },
  vitest("unit tests", "--project=unit", "--coverage"),
  vitest("other tests", "--project=house", "--project=simulation", "--project=e2e"),
];

const counts: Counts = { passed: 0, failed: 0, skipped: 0 };
for (const { name, command, cure, report } of steps) {
  console.log(`\n── ${name}`);
  const [program, ...args] = command;
  const { status } = spawnSync(program, args, {
    stdio: "inherit",
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: "1" },
  });
  if (report !== undefined) addTests(report, status === 0);
  else if (status === 0) counts.passed++;
  else {
    counts.failed++;
    console.log(`${name} failed${cure === undefined ? "" : `; this fixes it: ${cure}`}`);
  }
}
addCoverage();
rmSync(reports, { recursive: true, force: true });

const skipped = counts.skipped === 0 ? "" : `, ${counts.skipped} skipped`;
console.log(`\n${counts.passed} passed, ${counts.failed} failed${skipped}`);
process.exitCode = counts.failed === 0 ? 0 : 1;

/** Adds what vitest counted; a run that broke before it could count is one failure. */
function addTests(report: string, ran: boolean): void {
  let found = { numPassedTests: 0, numFailedTests: ran ? 0 : 1, numPendingTests: 0 };
  try {
    found = JSON.parse(readFileSync(report, "utf8")) as typeof found;
  } catch {
    console.log("the tests left no report");
  }
  counts.passed += found.numPassedTests;
  counts.failed += Math.max(found.numFailedTests, ran ? 0 : 1);
  counts.skipped += found.numPendingTests;
}

/** Sets what the unit tests reached beside the floor: one test more. */
function addCoverage(): void {
  try {
    const { stands, told } = judgeLastRun();
    console.log(`\n${told.join("\n")}`);
    counts[stands ? "passed" : "failed"]++;
  } catch (error) {
    console.log(`\nthe coverage was not measured: ${(error as Error).message}`);
    counts.failed++;
  }
}
