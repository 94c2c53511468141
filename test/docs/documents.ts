import { globSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

/** The root of the repository. */
export const root = resolve(import.meta.dirname, "../..");

/** A page that people read. */
export interface Document {
  /** From the root, with `/`. */
  readonly path: string;
  readonly text: string;
  readonly blocks: readonly Block[];
}

/** A fenced block of code. */
export interface Block {
  /** Where it begins: `docs/faq.md:12`. */
  readonly place: string;
  readonly language: string;
  readonly code: string;
}

const patterns = [
  "*.md",
  "docs/**/*.md",
  "packages/*/README.md",
  "plugins/*/README.md",
  "examples/*/README.md",
  "test/*/README.md",
];

/** Every page of the repository. */
export const documents: readonly Document[] = globSync(patterns, { cwd: root })
  .map((path) => path.replaceAll("\\", "/"))
  .toSorted()
  .map((path) => documentOf(path, readFileSync(join(root, path), "utf8")));

/** The blocks of all pages in one of these languages. */
export function blocksIn(...languages: readonly string[]): readonly Block[] {
  return documents.flatMap(({ blocks }) => blocks.filter(({ language }) => languages.includes(language)));
}

/** A page from its text. */
export function documentOf(path: string, text: string): Document {
  const blocks = [...text.matchAll(/^( *)```(\w*)\n([\s\S]*?)^\1```$/gm)].map(
    ({ 1: indent = "", 2: language = "", 3: code = "", index }) => ({
      place: `${path}:${text.slice(0, index).split("\n").length}`,
      language,
      code: code.replaceAll(new RegExp(`^${indent}`, "gm"), ""),
    }),
  );
  return { path, text, blocks };
}

/** The text without its blocks of code. */
export function proseOf({ text }: Document): string {
  return text.replaceAll(/^( *)```\w*\n[\s\S]*?^\1```$/gm, "");
}

/** The anchors of a page's headings, as GitHub makes them, and those that it sets itself. */
export function anchorsOf(document: Document): ReadonlySet<string> {
  const seen = new Map<string, number>();
  const headings = [...proseOf(document).matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = ""]) => {
    const slug = heading
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\p{M} _-]/gu, "")
      .replaceAll(" ", "-");
    const before = seen.get(slug) ?? 0;
    seen.set(slug, before + 1);
    return before === 0 ? slug : `${slug}-${before}`;
  });
  const set = [...document.text.matchAll(/<a (?:id|name)="([^"]+)"/g)].map(([, id = ""]) => id);
  return new Set([...headings, ...set]);
}
