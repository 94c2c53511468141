import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { readConfig } from "./read.ts";
import { mostBytes, readText } from "./read-text.ts";

const place = mkdtempSync(join(tmpdir(), "forewarn-read-text-"));
afterAll(() => rmSync(place, { recursive: true }));

function fileOf(bytes: number): string {
  const path = join(place, `${bytes}`);
  writeFileSync(path, "x".repeat(bytes));
  return path;
}

test("a file is read whole up to the limit", async () => {
  expect(await readText(fileOf(0))).toBe("");
  expect(await readText(fileOf(mostBytes))).toHaveLength(mostBytes);
  await expect(readText(fileOf(mostBytes + 1))).rejects.toMatchObject({ code: "EFBIG" });
});

test("what cannot be read is told as by readFile", async () => {
  await expect(readText(join(place, "none"))).rejects.toMatchObject({ code: "ENOENT" });
  await expect(readText(place)).rejects.toMatchObject({ code: "EISDIR" });
});

test("a reference to a file without an end, and a configuration that has too much, are problems", async () => {
  const large = fileOf(mostBytes + 1);
  const referring = await readConfig({ text: `log: { level: "\${file:${large}}" }`, env: {} });
  const itself = await readConfig({ file: large, env: {} });
  const told = [referring, itself].flatMap((read) => (read.ok ? [] : read.problems));
  const reason = "cannot be read: it is too large, more than 1 MB";
  expect(told.map(({ message, suggestion }) => [message, suggestion])).toEqual(
    expect.arrayContaining([
      [`the file ${large} ${reason}`, "name a file that holds this value and nothing else"],
      [`it ${reason}`, "name another with -c FILE"],
    ]),
  );
});
