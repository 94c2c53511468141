import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, describe, expect, test } from "vitest";
import { chapters } from "./chapters.ts";
import { everyFault } from "./fixtures/planted/every-fault.ts";

interface Report {
  /** The red cases by fault. */
  readonly red: Readonly<Record<string, readonly string[]>>;
  readonly skipped: Readonly<Record<string, readonly string[]>>;
  readonly unhandled: readonly string[];
}

const read = (path: string) => readFileSync(join(import.meta.dirname, "..", path), "utf8");
const names = chapters.flatMap(({ cases }) => cases.map(({ name }) => name));
let report: Report;

/** The suite runs in a vitest of its own, as an author runs it, on the pager and on every broken one. */
beforeAll(async () => {
  const program = join(import.meta.dirname, "fixtures/planted/run.ts");
  const { stdout } = await promisify(execFile)(process.execPath, ["--conditions=@forewarn/source", program], {
    env: { ...process.env, VITEST: undefined, NODE_OPTIONS: undefined },
    maxBuffer: 16 * 1024 * 1024,
  });
  report = JSON.parse(stdout.slice(stdout.lastIndexOf('{"red"'))) as Report;
}, 180_000);

describe("of a broken sink the right cases turn red", () => {
  test.each(Object.entries(everyFault))("%s", (fault, { red, others }) => {
    const found = report.red[fault] ?? [];
    expect(others === undefined ? found : found.filter((name) => red.includes(name))).toEqual(red);
  });
});

test("the example of the README passes every case", () => {
  const readme = read("README.md");
  for (const file of ["pager.ts", "contract.planted.ts"]) {
    expect(readme).toContain(`\`\`\`ts\n${read(`src/fixtures/readme/src/${file}`)}\`\`\``);
  }
  expect(report.red["pager"]).toEqual([]);
  expect(report.skipped["pager"]).toEqual(["takes two deliveries at once, if it asks for them"]);
  expect(readme).toContain(`and ${names.length} cases`);
});

test("every case turns red for something", () => {
  const turned = new Set(Object.values(report.red).flat());
  expect(names.filter((name) => !turned.has(name))).toEqual([]);
});

test("what is switched off is skipped, and its name says why", () => {
  expect(report.skipped["nothing"]).toBeUndefined();
  const skipped = report.skipped["cases are switched off for a reason"] ?? [];
  const needing = chapters.flatMap(({ cases }) =>
    cases.flatMap(({ name, needs }) => {
      if (needs.includes("hang")) return [`${name} (without hang: it always answers)`];
      return needs.includes("throttle") ? [`${name} (without throttle: it asks for no pause)`] : [];
    }),
  );
  expect(skipped).toEqual(needing);
});

test("no broken sink upsets more than its own cases", () => {
  expect(report.unhandled).toEqual([]);
});
