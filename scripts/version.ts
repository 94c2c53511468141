/**
 * Makes the next version out of `.changeset/*.md`: every package gets it, CHANGELOG.md a section, and the lockfile, the
 * sources and the template that name the version follow. Run in the repository's root; it commits nothing.
 */
import { spawnSync } from "node:child_process";
import { globSync, readFileSync, writeFileSync } from "node:fs";
import { changeOf, withRelease } from "./changelog.ts";

/** What names the version beside package.json; tests hold them to it. */
const named = [
  "packages/sdk/src/version.ts",
  "packages/imds/src/version.ts",
  "packages/create-sink/template/package.json",
  "test/architecture/api/sdk.md",
];

const versionNow = () =>
  (JSON.parse(readFileSync("packages/sdk/package.json", "utf8")) as { version: string }).version;

function run(command: string, ...args: readonly string[]): void {
  const { status } = spawnSync(command, args, { stdio: "inherit", shell: process.platform === "win32" });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} failed`);
}

const changesets = globSync(".changeset/*.md").filter((path) => !/README\.md$/i.test(path));
if (changesets.length === 0) throw new Error("nothing to release: .changeset holds no change");
const changes = changesets.toSorted().map((path) => changeOf(readFileSync(path, "utf8")));
const before = versionNow();
run("changeset", "version");
const after = versionNow();
const naming = new RegExp(`(version = |"@forewarn/[\\w-]+": )"${before.replaceAll(".", "\\.")}"`, "gi");
for (const path of named) writeFileSync(path, readFileSync(path, "utf8").replaceAll(naming, `$1"${after}"`));
run("npm", "install", "--package-lock-only", "--ignore-scripts");
const day = new Date().toISOString().slice(0, 10);
writeFileSync("CHANGELOG.md", withRelease(readFileSync("CHANGELOG.md", "utf8"), after, day, changes));
console.log(
  `${before} -> ${after}: ${changes.length} changes. Next: npm run docs:generate, and a look at git diff`,
);
