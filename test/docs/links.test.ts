import { existsSync, globSync } from "node:fs";
import { basename, join, posix } from "node:path";
import { describe, expect, test } from "vitest";
import { anchorsOf, type Document, documentOf, documents, proseOf, root } from "./documents.ts";

const byPath = new Map(documents.map((document) => [document.path, document]));
const isPackage = (path: string) => /^(packages|plugins)\/[^/]+\/README\.md$/.test(path);

/** The links of a page that lead to nothing: a file that is not there, or a heading that a page has not got. */
function broken(document: Document): readonly string[] {
  const links = [...proseOf(document).matchAll(/(?:\]\(|<img src=")([^)\s"]+)[)"]/g)].map(
    ([, link = ""]) => link,
  );
  return links.filter((link) => {
    if (/^[a-z]+:/.test(link)) return false;
    const [file = "", anchor] = link.split("#");
    const path = posix.join(posix.dirname(document.path), file);
    if (file !== "" && !existsSync(join(root, path))) return true;
    if (anchor === undefined) return false;
    const target = file === "" ? document : byPath.get(path);
    return target === undefined || !anchorsOf(target).has(anchor);
  });
}

describe.each(documents.map((document) => [document.path, document] as const))("%s", (path, document) => {
  test("every link leads to a file, and every anchor to a heading", () => {
    expect(broken(document)).toEqual([]);
  });

  test("links of a package lead where they also lead on npm: to itself, or to the web", () => {
    if (!isPackage(path)) return;
    const out = document.text.match(/\]\((?:\.\.\/|\.\/|[\w-]+\/)[^)]*\)/g) ?? [];
    expect(out).toEqual([]);
  });
});

test("a link that is broken is found", () => {
  const page = documentOf(
    "docs/x.md",
    '# One `two`: three\n\n[a](nothing.md) [b](#one-two-three) [c](#four) <img src="x.png">\n',
  );
  expect(broken(page)).toEqual(["nothing.md", "#four", "x.png"]);
  expect(anchorsOf(page)).toEqual(new Set(["one-two-three"]));
});

test("docs/README.md names every page of docs, and the README the index", () => {
  const index = byPath.get("docs/README.md")?.text ?? "";
  const pages = documents.filter(({ path }) => /^docs\/[a-z-]+\.md$/.test(path));
  expect(pages.length).toBeGreaterThan(15);
  expect(pages.filter(({ path }) => !index.includes(`](${path.slice("docs/".length)}`))).toEqual([]);
  expect(byPath.get("README.md")?.text).toContain("](docs/README.md)");
});

test("docs/README.md names every example", () => {
  const index = byPath.get("docs/README.md")?.text ?? "";
  const examples = globSync("examples/*/", { cwd: root }).map((path) => basename(path));
  expect(examples.length).toBeGreaterThan(7);
  expect(examples.filter((name) => !index.includes(`(../examples/${name})`))).toEqual([]);
});
