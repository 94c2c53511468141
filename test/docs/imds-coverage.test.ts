import { existsSync, readFileSync } from "node:fs";
import { basename, resolve } from "node:path";
import { expect, test } from "vitest";

const docs = resolve(import.meta.dirname, "../../docs");
const page = readFileSync(resolve(docs, "imds-coverage.md"), "utf8");

/** The rows of the section under a heading: their cells. */
function rowsOf(heading: string): readonly (readonly string[])[] {
  const section = page.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? "";
  return section
    .split("\n")
    .filter((line) => line.startsWith("|"))
    .map((line) =>
      line
        .slice(1, -1)
        .split(" | ")
        .map((cell) => cell.trim()),
    )
    .filter(([first = ""]) => !/^-+$/.test(first));
}

/** What is wrong with the tests that a text names like `[x.test.ts](../x.test.ts) “what it shows”`. */
function untrue(text: string): readonly string[] {
  return [...text.matchAll(/\[([^\]]+)\]\(([^)]+)\)(?: “([^”]+)”)?/g)].flatMap(
    ([link, label, path = "", name]) => {
      const file = resolve(docs, path);
      if (!existsSync(file)) return [`${link}: there is no such file`];
      if (label !== basename(file) || !file.endsWith(".test.ts"))
        return [`${link}: it must be called as its file, a test`];
      if (name === undefined) return [`${link}: which of its tests?`];
      return readFileSync(file, "utf8").includes(name) ? [] : [`${link}: there is no such test`];
    },
  );
}

test("every test that is named is there, in the file that is named", () => {
  expect(untrue(page)).toEqual([]);
  expect(page.match(/“/g)?.length).toBeGreaterThan(150);
});

test("the check sees a file, a test and a name that are not there", () => {
  const own = "../test/docs/imds-coverage.test.ts";
  expect(untrue(`[imds-coverage.test.ts](${own}) “the check sees a file”`)).toEqual([]);
  for (const wrong of [
    "[no.test.ts](../no.test.ts) “x”",
    `[imds-coverage.test.ts](${own}) “${"no".repeat(9)}”`,
    `[imds-coverage.test.ts](${own})`,
    `[other.test.ts](${own}) “the check”`,
    "[events.md](events.md) “x”",
  ])
    expect(untrue(wrong), wrong).toHaveLength(1);
});

test("all 50 pitfalls are there, in order, each with a test or a reason", () => {
  const rows = rowsOf("Pitfalls").filter(([number]) => number !== "#");
  expect(rows.map(([number]) => Number(number))).toEqual(Array.from({ length: 50 }, (_, n) => n + 1));
  for (const [number, what = "", shown = ""] of rows) {
    expect(what.length, number).toBeGreaterThan(10);
    expect(/“|\w{3}.* .*\.$/.test(shown), `${number}: ${shown}`).toBe(true);
  }
});

test("every endpoint and every documented status is there", () => {
  const endpoints = rowsOf("Endpoints")
    .map(([endpoint = ""]) => endpoint)
    .join("\n");
  for (const path of [
    "GET /metadata/versions",
    "GET /metadata/instance",
    "GET /metadata/scheduledevents",
    "POST /metadata/scheduledevents",
    "GET /metadata/identity/oauth2/token",
    "GET /metadata/identity/info",
    "GET /metadata/attested/document",
    "GET /metadata/loadbalancer",
  ])
    expect(endpoints).toContain(`\`${path}\``);
  const statuses = rowsOf("Status codes").map(([status]) => status);
  expect(statuses).toEqual(
    expect.arrayContaining(["200", "3xx", "400", "401", "403", "404", "405", "410", "421", "429", "5xx"]),
  );
});
