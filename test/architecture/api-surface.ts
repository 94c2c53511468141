import type { Declarations, Entry } from "./declarations.ts";
import { type ModuleScope, type Origin, referencesOf, scopeOf, targetOf } from "./module-scope.ts";

/** What the world sees of one entry of a package. */
export interface ApiSurface {
  /** What is exported, by name. */
  readonly exported: ReadonlyMap<string, string>;
  /** What the exported declarations need and is not exported itself, by name and source. */
  readonly behind: ReadonlyMap<string, string>;
  /** The packages that its declarations import. */
  readonly packages: ReadonlySet<string>;
}

/** Follows an entry's exports, and what their declarations refer to, through the files of its package. */
export function surfaceOf({ source }: Entry, { read }: Pick<Declarations, "read">): ApiSurface {
  const scopes = new Map<string, ModuleScope>();
  const packages = new Set<string>();
  const exported = new Map<string, string>();
  const behind = new Map<string, string>();
  const seen = new Set<string>();
  const next: Origin[] = [];

  const scopeAt = (module: string): ModuleScope => {
    const known = scopes.get(module) ?? scopeOf(module, read(module));
    scopes.set(module, known);
    return known;
  };

  /** The module that declares a name; undefined where that is another package, or the language. */
  const declaring = (module: string, name: string): Origin | undefined => {
    if (!module.endsWith(".ts")) {
      if (module !== "") packages.add(module);
      return undefined;
    }
    const { declared, exported, imported } = scopeAt(module);
    if (declared.has(name)) return { module, name };
    const origin = exported.get(name);
    if (origin !== undefined && origin.module !== "") return declaring(origin.module, origin.name);
    const local = origin?.name ?? name;
    if (declared.has(local)) return { module, name: local };
    const from = imported.get(local);
    return from === undefined ? undefined : declaring(from.module, from.name);
  };

  const textOf = ({ module, name }: Origin): string => {
    const { text, declared } = scopeAt(module);
    const nodes = declared.get(name) ?? [];
    for (const reference of referencesOf(nodes)) {
      const found =
        typeof reference === "string"
          ? declaring(module, reference)
          : declaring(targetOf(module, reference.module), reference.name);
      if (found !== undefined) next.push(found);
    }
    return nodes.map((node) => text.slice(node.start, node.end).replace(/^declare /, "")).join("\n");
  };

  for (const [name, { module, name: inner }] of scopeAt(source).exported) {
    const found = declaring(source, name);
    if (found === undefined) exported.set(name, `// ${inner} of ${module}`);
    else {
      seen.add(`${found.module} ${found.name}`);
      exported.set(name, (found.name === name ? "" : `// as ${name}\n`) + textOf(found));
    }
  }
  for (let one = next.shift(); one !== undefined; one = next.shift()) {
    const key = `${one.module} ${one.name}`;
    if (seen.has(key)) continue;
    seen.add(key);
    behind.set(`${one.name} ${one.module}`, textOf(one));
  }
  return { exported, behind, packages };
}

/** A page that a reviewer reads: one entry after the other, names in order. */
export function apiPage(name: string, surfaces: ReadonlyMap<string, ApiSurface>): string {
  const sorted = (texts: ReadonlyMap<string, string>) =>
    [...texts].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, text]) => text);
  const block = (texts: ReadonlyMap<string, string>) => `\`\`\`ts\n${sorted(texts).join("\n")}\n\`\`\``;
  const parts = [...surfaces].flatMap(([specifier, { exported, behind }]) => [
    `## ${specifier}`,
    block(exported),
    ...(behind.size === 0 ? [] : ["Behind these, not to be imported:", block(behind)]),
  ]);
  return [`# What ${name} shows`, ...parts].join("\n\n");
}
