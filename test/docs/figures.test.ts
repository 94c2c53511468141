import { expect, test } from "vitest";
import { documents } from "./documents.ts";

const textOf = (wanted: string) => documents.find(({ path }) => path === wanted)?.text ?? "";

test("each figure of the README's promises stands in the page that says how it was measured", () => {
  const promises = textOf("README.md").split("\n## What it promises\n")[1]?.split("\n## ")[0] ?? "";
  const rows = promises
    .split("\n")
    .filter((line) => line.startsWith("| **") || line.startsWith("| The same"));
  const measured = rows.flatMap((row) => row.split("|")[2]?.match(/\d[\d,.]*\d/g) ?? []);
  expect(measured.length).toBeGreaterThan(6);
  const source = textOf("docs/delivery.md").split("\n## Measured\n")[1] ?? "";
  // Three runs of 100 kills; 0.37 s.
  const known = new Set([...(source.match(/\d[\d,.]*\d/g) ?? []), "300", "0.4"]);
  const pitfalls = textOf("docs/imds-coverage.md").match(/^\| 50 +\|/m) === null ? [] : ["50"];
  expect(measured.filter((figure) => !known.has(figure) && !pitfalls.includes(figure))).toEqual([]);
});
