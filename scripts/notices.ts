/** What the licences of bundled packages ask for: their text, in what is distributed. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The file beside a bundle that holds code of others. */
export const noticesFile = "THIRD-PARTY-NOTICES.txt";

/** Licences that ask for nothing but their text. */
export const permissive: ReadonlySet<string> = new Set([
  "MIT",
  "ISC",
  "0BSD",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "Apache-2.0",
]);

const ruler = `\n${"=".repeat(80)}\n`;
const licences = /^(licen[cs]e|copying)([-.].*)?$/i;
/** Apache-2.0 asks for it, where there is one. */
const notices = /^notice([-.].*)?$/i;

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
}

/** One for each package: its name, version and licence in the first line, then the texts. */
export type Section = string;

/** The sections of a package's notices; none where it bundles nothing of others. */
export function sectionsIn(dist: string): readonly Section[] {
  const path = join(dist, noticesFile);
  return existsSync(path) ? readFileSync(path, "utf8").split(ruler).slice(1) : [];
}

/** The text of the file, sorted. */
export function noticesText(name: string, sections: ReadonlySet<Section>): string {
  const head = `The files beside this one are a part of ${name} and hold code of these packages, each under the licence below its name.\n`;
  return [head, ...[...sections].toSorted()].join(ruler);
}

/**
 * The notices for modules that are bundled, by their paths: those of packages in `node_modules`, and those that the
 * `dist` of another workspace package brings along. `extras` is a folder of texts that a package should bring and does
 * not, such as those of code inside it: `undici.txt`. Throws for a licence that is none of {@link permissive}, and
 * where there is no text of it.
 */
export function sectionsOf(modules: Iterable<string>, extras: string): ReadonlySet<Section> {
  const places = [...modules].map((module) => module.replaceAll("\\", "/").replace(/\?.*$/, ""));
  const installed = new Set(places.flatMap((path) => installedOf(path) ?? []));
  const built = new Set(places.flatMap((path) => (installedOf(path) === null ? (builtOf(path) ?? []) : [])));
  return new Set([
    ...[...installed].map((folder) => sectionOf(folder, extras)),
    ...[...built].flatMap((dist) => sectionsIn(dist)),
  ]);
}

/** The folder of the installed package that a module is of. What is in a folder such as `node_modules/.cache` is of none. */
function installedOf(path: string): string | null {
  return /^(.*\/node_modules\/(?:@[^/]+\/)?[^/.@][^/]*)\//.exec(path)?.[1] ?? null;
}

function builtOf(path: string): string | null {
  return /^(.*\/(?:packages|plugins)\/[^/]+\/dist)\//.exec(path)?.[1] ?? null;
}

function sectionOf(folder: string, extras: string): Section {
  const {
    name,
    version,
    license = "not named",
  } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;
  const wrong = (what: string) => new Error(`${name} ${version} would be bundled, but ${what}`);
  if (!permissive.has(license))
    throw wrong(`its licence, ${license}, is none of ${[...permissive].join(", ")}: scripts/notices.ts`);
  const extra = join(extras, `${name.replace("/", "-")}.txt`);
  const extraPaths = existsSync(extra) ? [extra] : [];
  const pathsOf = (kind: RegExp) =>
    readdirSync(folder)
      .filter((file) => kind.test(file))
      .toSorted()
      .map((file) => join(folder, file));
  const licencePaths = [...pathsOf(licences), ...extraPaths];
  if (licencePaths.length === 0)
    throw wrong(`it brings no text of its licence, ${license}: write it to ${extra}`);
  const texts = [...licencePaths, ...pathsOf(notices)].map((path) =>
    readFileSync(path, "utf8").replaceAll("\r\n", "\n").trim(),
  );
  return `${name} ${version}, ${license}\n\n${texts.join("\n\n")}\n`;
}
