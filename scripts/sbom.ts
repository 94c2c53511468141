/**
 * Prints the software bill of materials of the `forewarn` binary as CycloneDX JSON: what npm installs with it, and what
 * is bundled into it. Packages are packed from the build of now; npm chooses the versions as it does for a user.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pack } from "./pack.ts";

interface Manifest {
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

const root = resolve(import.meta.dirname, "..");
const path = join(root, "packages/cli/package.json");
const { version, dependencies, devDependencies } = JSON.parse(readFileSync(path, "utf8")) as Manifest;
const place = mkdtempSync(join(tmpdir(), "forewarn-sbom-"));
// npm names the bill of materials after the folder.
const directory = join(place, "forewarn");
mkdirSync(directory);
try {
  // What the binary's bundle holds is a development dependency of its package, by which npm would not tell it.
  const wanted = { ...dependencies, ...devDependencies, forewarn: version };
  const tarballs = new Map(
    pack(["packages", "plugins"], directory).map(({ name, filename }) => [name, `file:./${filename}`]),
  );
  const chosen = Object.entries(wanted).map(([name, range]) => [name, tarballs.get(name) ?? range]);
  const project = { name: "forewarn-agent", version, dependencies: Object.fromEntries(chosen) as unknown };
  writeFileSync(join(directory, "package.json"), JSON.stringify(project));
  npm("install", "--package-lock-only", "--ignore-scripts", "--no-audit", "--no-fund");
  process.stdout.write(npm("sbom", "--package-lock-only", "--sbom-format", "cyclonedx"));
} finally {
  rmSync(place, { recursive: true, force: true });
}

/** Runs npm in the project and returns what it prints; throws with what it says where it fails. */
function npm(...args: readonly string[]): string {
  const options = { cwd: directory, encoding: "utf8", shell: process.platform === "win32" } as const;
  const { status, stdout, stderr } = spawnSync("npm", args, { ...options, maxBuffer: 64 * 1024 * 1024 });
  if (status !== 0) throw new Error(`npm ${args.join(" ")}: ${stderr}${stdout}`);
  return stdout;
}
