import { spawnSync } from "node:child_process";
import {
  cpSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { changeOf, withRelease } from "../../scripts/changelog.ts";
import { type Manifest, read, root } from "./workspace.ts";

describe("the changelog", () => {
  test("takes the greatest bump of a changeset, and its text", () => {
    const text = '---\n"forewarn": patch\n"@forewarn/sdk": minor\n---\n\nA sink may\nsay more.\n';
    expect(changeOf(text)).toEqual({ bump: "minor", text: "A sink may\nsay more." });
  });

  test.each(["Nothing.", '---\n"forewarn": huge\n---\n\nMore.\n', '---\n"forewarn": minor\n---\n\n'])(
    "refuses %j, and says how it is written",
    (text) => expect(() => changeOf(text)).toThrow("a changeset says `package: major|minor|patch`"),
  );

  test("gets each release above the others, what breaks first", () => {
    const first = withRelease("# Changelog\n\nHead.\n", "1.0.0", "2026-01-01", [
      { bump: "patch", text: "One." },
    ]);
    expect(first).toBe("# Changelog\n\nHead.\n\n## 1.0.0 (2026-01-01)\n\n### Better\n\n- One.\n");
    expect(
      withRelease(first, "2.0.0", "2026-02-01", [
        { bump: "minor", text: "Two.\nAnd more." },
        { bump: "major", text: "Three." },
      ]),
    ).toBe(
      "# Changelog\n\nHead.\n\n## 2.0.0 (2026-02-01)\n\n### Breaking\n\n- Three.\n\n### New\n\n- Two.\n  And more.\n" +
        "\n## 1.0.0 (2026-01-01)\n\n### Better\n\n- One.\n",
    );
  });
});

test("every change that waits for a release can be read", () => {
  const paths = globSync(".changeset/*.md", { cwd: root }).filter((path) => !path.endsWith("README.md"));
  for (const path of paths) expect(() => changeOf(read(path)), path).not.toThrow();
});

test("imds says the version that it has", () => {
  const { version } = JSON.parse(read("packages/imds/package.json")) as Manifest;
  expect(read("packages/imds/src/version.ts")).toContain(`VERSION = "${version}"`);
});

/** The versions that a package says of itself and of others of ours. */
function versionsIn(manifest: string): ReadonlySet<string> {
  const { version, dependencies, devDependencies } = JSON.parse(manifest) as Manifest;
  const needed = Object.entries({ ...dependencies, ...devDependencies });
  const ours = needed.filter(([name]) => name === "forewarn" || name.startsWith("@forewarn/"));
  return new Set([version, ...ours.map(([, needs]) => needs)]);
}

describe("npm run release, in a copy", () => {
  const copy = mkdtempSync(join(tmpdir(), "forewarn-release-"));
  afterAll(() => rmSync(copy, { recursive: true, force: true }));
  const manifests = globSync(["{packages,plugins,examples}/*/package.json", "test/package.json"], {
    cwd: root,
  }).toSorted();
  const sources = [
    "package.json",
    "package-lock.json",
    "CHANGELOG.md",
    ".changeset/config.json",
    "scripts/version.ts",
    "scripts/changelog.ts",
    "packages/sdk/src/version.ts",
    "packages/imds/src/version.ts",
    "packages/create-sink/template/package.json",
    "test/architecture/api/sdk.md",
  ];
  const inCopy = (path: string) => readFileSync(join(copy, path), "utf8");

  test("gives every package and every dependency among them the next version, exactly", () => {
    for (const path of [...manifests, ...sources]) {
      mkdirSync(join(copy, dirname(path)), { recursive: true });
      cpSync(join(root, path), join(copy, path));
    }
    symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
    writeFileSync(join(copy, ".changeset/more.md"), '---\n"forewarn": minor\n---\n\nIt does more.\n');
    const { status, stdout, stderr } = spawnSync(process.execPath, ["scripts/version.ts"], {
      cwd: copy,
      encoding: "utf8",
      env: { ...process.env, npm_config_offline: "true" },
    });
    expect(status, stdout + stderr).toBe(0);
    const { version } = JSON.parse(read("packages/sdk/package.json")) as { version: string };
    const next = version.replace(/\d+\.\d+$/, (rest) => `${Number(rest.split(".")[0]) + 1}.0`);
    const named = manifests.map((path) => [path, [...versionsIn(inCopy(path))]] as const);
    expect(named).toEqual(manifests.map((path) => [path, [next]]));
    expect(inCopy("packages/sdk/src/version.ts")).toContain(`sdkVersion = "${next}"`);
    expect(inCopy("packages/imds/src/version.ts")).toContain(`VERSION = "${next}"`);
    expect(inCopy("packages/create-sink/template/package.json")).toContain(`"@forewarn/sdk": "${next}"`);
    expect(inCopy("package-lock.json")).toContain(`"@forewarn/sdk": "${next}"`);
    expect(inCopy("package-lock.json")).not.toContain(`"@forewarn/sdk": "${version}"`);
    expect(inCopy("CHANGELOG.md")).toMatch(
      new RegExp(`\n## ${next} \\(\\d{4}-\\d\\d-\\d\\d\\)\n\n### New\n\n- It does more\\.\n`),
    );
  });

  test("a second time there is nothing to release, and it says so", () => {
    const again = spawnSync(process.execPath, ["scripts/version.ts"], { cwd: copy, encoding: "utf8" });
    expect(again.status).toBe(1);
    expect(again.stderr).toContain("nothing to release");
  });
});
