/**
 * Builds the package of the current directory into `dist`: JavaScript by tsdown, `.d.ts` by tsc, what is generated from
 * its schemas, and the notices of what is bundled. Every package's build script calls this, so that no package has a
 * configuration of its own.
 */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { bundlePackage, readPackage, root } from "./bundle.ts";
import { jsonSchemas } from "./generate.ts";
import { noticesFile, noticesText, sectionsOf } from "./notices.ts";

const here = process.cwd();
const dist = join(here, "dist");
const { name, sources } = readPackage(here);
const work = join(root, "node_modules/.cache/forewarn", name.replace("/", "-"));

/** Type declarations see other packages as the world does, through their `dist`. */
function declare(): void {
  const path = join(work, "tsconfig.json");
  const config = {
    extends: join(root, "tsconfig.json"),
    compilerOptions: {
      noEmit: false,
      declaration: true,
      emitDeclarationOnly: true,
      customConditions: [],
      rootDir: join(here, "src"),
      outDir: dist,
      typeRoots: [join(root, "node_modules/@types")],
    },
    include: [],
    files: sources.map((source) => join(here, source)),
  };
  writeFileSync(path, JSON.stringify(config));
  const compiled = spawnSync("tsc", ["-p", path], { stdio: "inherit" });
  if (compiled.status !== 0) throw new Error(`tsc failed in ${relative(root, here)}`);
}

const modules = await bundlePackage(here, { outDir: dist, work });
const sections = sectionsOf(modules, join(root, "scripts/licenses"));
if (sections.size > 0) writeFileSync(join(dist, noticesFile), noticesText(name, sections));
if (sources.length > 0) declare();
if (name === "@forewarn/sdk") await jsonSchemas(join(here, "schemas"));
