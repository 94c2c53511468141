/**
 * Measures what the unit tests reach and sets it beside the floor of `scripts/coverage-floor.json`, which only rises:
 * `--raise` writes a higher one, never a lower.
 */
import { spawnSync } from "node:child_process";
import { judgeLastRun, raise } from "./coverage-floor.ts";

const { status } = spawnSync("vitest", ["run", "--project", "unit", "--coverage"], {
  stdio: "inherit",
  shell: process.platform === "win32",
});
const judgement = judgeLastRun();
console.log(`\n${judgement.told.join("\n")}`);
if (process.argv.includes("--raise")) raise(judgement);
process.exitCode = status === 0 && judgement.stands ? 0 : 1;
