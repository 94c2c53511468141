import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { type Manifest, read, rooms, root } from "./workspace.ts";

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Job {
  readonly uses?: string;
  readonly steps?: readonly Step[];
  readonly strategy?: { readonly matrix: Readonly<Record<string, readonly string[]>> };
}

interface Workflow {
  readonly permissions: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
}

const workflow = (name: string) => parse(read(`.github/workflows/${name}.yml`)) as Workflow;
const ci = workflow("ci");
const release = workflow("release");
const { devDependencies, scripts } = JSON.parse(read("package.json")) as Manifest & {
  readonly scripts: Readonly<Record<string, string>>;
};
const jobs = [...Object.values(ci.jobs), ...Object.values(release.jobs)];
const steps = jobs.flatMap((job) => job.steps ?? []);
const commands = steps.flatMap(({ run }) => (run === undefined ? [] : [run]));

describe("workflows", () => {
  test("may only read where no job says otherwise, and take actions by their commit", () => {
    expect([ci.permissions, release.permissions]).toEqual([{ contents: "read" }, { contents: "read" }]);
    const used = [...steps, ...jobs].flatMap(({ uses }) => (uses === undefined ? [] : [uses]));
    expect(used.length).toBeGreaterThan(5);
    const loose = used.filter((uses) =>
      uses.startsWith("./") ? !existsSync(join(root, uses)) : !/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/.test(uses),
    );
    expect(loose).toEqual([]);
  });

  test("call what exists: scripts of package.json, files, programs of the dependencies", () => {
    const called = commands.flatMap((command) => [
      ...[...command.matchAll(/npm run (?:--silent )?([\w:]+)/g)].map(([, script = ""]) => script in scripts),
      ...[...command.matchAll(/npx (\w+)/g)].map(([, bin = ""]) =>
        existsSync(join(root, "node_modules/.bin", bin)),
      ),
      ...[...command.matchAll(/bash (\S+)/g)].map(([, file = ""]) => existsSync(join(root, file))),
      ...(command === "npm start" ? ["start" in scripts] : []),
    ]);
    expect(called.length).toBeGreaterThanOrEqual(5);
    expect(called).not.toContain(false);
  });

  test("CI runs .ci/run on Linux with the pinned Node and with 26, and tries macOS and Windows", () => {
    expect(ci.jobs["linux"]?.strategy?.matrix["node"]).toEqual([
      devDependencies?.["node"],
      expect.stringMatching(/^26\./),
    ]);
    expect(commands.some((command) => command.includes("bash .ci/run"))).toBe(true);
    expect(read(".ci/run")).toContain("FOREWARN_NODE");
    expect(ci.jobs["others"]?.strategy?.matrix["os"]).toEqual(["macos-latest", "windows-latest"]);
    const versions = steps.flatMap((step) => step.with?.["node-version"] ?? []);
    expect(new Set(versions)).toEqual(new Set([devDependencies?.["node"], "${{ matrix.node }}"]));
  });
});

describe("the release's commands, in a copy", () => {
  const copy = mkdtempSync(join(tmpdir(), "forewarn-workflow-"));
  afterAll(() => rmSync(copy, { recursive: true, force: true }));
  for (const { folder } of [{ folder: "." }, ...rooms]) {
    const path = join(copy, folder, "package.json");
    mkdirSync(dirname(path), { recursive: true });
    cpSync(join(root, folder, "package.json"), path);
  }
  const own = JSON.parse(read("packages/sdk/package.json")) as Manifest;
  const runs = (part: string, env: Readonly<Record<string, string>>) =>
    spawnSync("bash", ["-e", "-c", commands.find((command) => command.includes(part)) ?? "exit 99"], {
      cwd: copy,
      encoding: "utf8",
      env: { PATH: process.env["PATH"], HOME: copy, ...env },
    }).status;

  test("a tag must be the version of the packages", () => {
    expect(runs("npm pkg get version", { GITHUB_REF_NAME: `v${own.version}` })).toBe(0);
    expect(runs("npm pkg get version", { GITHUB_REF_NAME: "v99.0.0" })).toBe(1);
  });

  test("every package comes to name the repository that publishes it", () => {
    const env = { GITHUB_SERVER_URL: "https://git.example", GITHUB_REPOSITORY: "acme/forewarn" };
    expect(runs("npm pkg set", env)).toBe(0);
    const named = rooms.map(
      ({ folder }) =>
        (JSON.parse(readFileSync(join(copy, folder, "package.json"), "utf8")) as { repository?: unknown })
          .repository,
    );
    const repository = { type: "git", url: "git+https://git.example/acme/forewarn.git" };
    expect(named).toEqual(rooms.map(() => repository));
  });
});

test("dependabot watches npm and the workflows", () => {
  const { updates } = parse(read(".github/dependabot.yml")) as {
    updates: readonly { "package-ecosystem": string; directory: string }[];
  };
  expect(updates.map((update) => [update["package-ecosystem"], update.directory])).toEqual([
    ["npm", "/"],
    ["github-actions", "/"],
  ]);
});
