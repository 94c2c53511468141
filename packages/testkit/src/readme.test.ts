import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Secret, Type } from "@forewarn/sdk";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { staleness, withOptionsTable } from "./readme.ts";

const options = Type.Object({
  url: Type.String({ description: "Where *all* goes, such as `a_b`." }),
  token: Type.Optional(Secret({ description: "A | B." })),
});
const bare = "# pager\n\n<!-- options -->\n<!-- /options -->\n\nMore.\n";
let path: string;

beforeEach(() => {
  path = join(mkdtempSync(join(tmpdir(), "forewarn-readme-")), "README.md");
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(join(path, ".."), { recursive: true });
});

function staleWith(text: string): string | undefined {
  writeFileSync(path, text);
  return staleness(path, { options });
}

describe("staleness", () => {
  test("is content with the table as it is generated", () => {
    expect(staleWith(withOptionsTable(bare, { options }))).toBeUndefined();
  });

  test("and as a formatter has written it", () => {
    const text = withOptionsTable(bare, { options });
    const formatted = text
      .replaceAll(/^\| --- .*$/gm, "| :------ | ------ | --- | -------------- |")
      .replaceAll("| `url` |", "|   `url`    |")
      .replaceAll("*all*", "_all_");
    expect(formatted).not.toBe(text);
    expect(staleWith(formatted)).toBeUndefined();
  });

  test.each([
    ["a word", "Where", "Whence"],
    ["an option", /^\| `token`.*\n/m, ""],
    ["a type", "| secret |", "| string |"],
  ])("sees that %s differs, shows the table and the cure", (_what, from, to) => {
    const stale = staleWith(withOptionsTable(bare, { options }).replace(from, to));
    expect(stale).toContain("UPDATE_README=1");
    expect(stale).toContain("| `token` | secret |");
  });

  test("writes the table when asked", () => {
    vi.stubEnv("UPDATE_README", "1");
    expect(staleWith(bare)).toBeUndefined();
    expect(readFileSync(path, "utf8")).toBe(withOptionsTable(bare, { options }));
  });

  test("needs a place for it", () => {
    expect(() => staleWith("# pager\n")).toThrow("write <!-- options --> and <!-- /options -->");
  });
});

test("what stands around the table stays", () => {
  const text = withOptionsTable(bare, { options });
  expect(text.startsWith("# pager\n\n<!-- options -->\n\n| option | type |")).toBe(true);
  expect(text.endsWith("|\n\n<!-- /options -->\n\nMore.\n")).toBe(true);
});
