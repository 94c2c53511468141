import { join } from "node:path";
import { parseSync } from "rolldown/utils";

/** A node of the syntax tree, of which only what is asked for is looked at. */
export interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

/** Where a name of one module comes from: another module (`.` below the root, else a package) and its name there. */
export interface Origin {
  readonly module: string;
  readonly name: string;
}

/** What the names of one declaration file mean. */
export interface ModuleScope {
  readonly text: string;
  /** What is declared here, by its name; overloads are several. */
  readonly declared: ReadonlyMap<string, readonly SyntaxNode[]>;
  readonly imported: ReadonlyMap<string, Origin>;
  /** By its outer name; a module of "" is this one. */
  readonly exported: ReadonlyMap<string, Origin>;
}

interface Specifier {
  readonly local: { readonly name: string };
  readonly imported?: { readonly name: string };
  readonly exported?: { readonly name: string };
}

/** The source that a relative specifier means, seen from the source `from`; a package's name as it is. */
export function targetOf(from: string, specifier: string): string {
  return specifier.startsWith(".") ? join(from, "..", specifier) : specifier;
}

/** Reads a declaration file made from `source`; throws where it holds what an API of ours never does. */
export function scopeOf(source: string, text: string): ModuleScope {
  const declared = new Map<string, readonly SyntaxNode[]>();
  const imported = new Map<string, Origin>();
  const exported = new Map<string, Origin>();
  const declare = (node: SyntaxNode): readonly string[] => {
    const names = namesOf(node);
    for (const name of names) declared.set(name, [...(declared.get(name) ?? []), node]);
    return names;
  };
  for (const node of parseSync(source, text, { lang: "dts" }).program.body as unknown as SyntaxNode[]) {
    const from = node["source"] as { readonly value: string } | null | undefined;
    const module = from ? targetOf(source, from.value) : "";
    const specifiers = (node["specifiers"] ?? []) as readonly Specifier[];
    if (node.type === "ImportDeclaration") {
      for (const { local, imported: outer } of specifiers)
        imported.set(local.name, { module, name: outer?.name ?? "*" });
    } else if (node.type === "ExportNamedDeclaration") {
      const inner = node["declaration"] as SyntaxNode | null;
      for (const name of inner === null ? [] : declare(inner)) exported.set(name, { module: "", name });
      for (const { local, exported: outer } of specifiers)
        exported.set(outer?.name ?? local.name, { module, name: local.name });
    } else if (node.type.startsWith("Export")) {
      throw new Error(`${source}: ${node.type} is not in the style of this house: export names`);
    } else declare(node);
  }
  return { text, declared, imported, exported };
}

function namesOf(node: SyntaxNode): readonly string[] {
  const own = node["id"] as { readonly name: string } | undefined;
  if (own !== undefined) return [own.name];
  const declarations = (node["declarations"] ?? []) as readonly { readonly id: { readonly name: string } }[];
  return declarations.map(({ id }) => id.name);
}

/** What a declaration refers to: names of its module, and names of others by `import("…").Name`. */
export function referencesOf(node: unknown): readonly (string | Origin)[] {
  if (Array.isArray(node)) return node.flatMap(referencesOf);
  if (typeof node !== "object" || node === null) return [];
  const { type } = node as SyntaxNode;
  const inner = Object.values(node).flatMap(referencesOf);
  const named = (key: string) => [...nameAt((node as SyntaxNode)[key]), ...inner];
  if (type === "TSTypeReference") return named("typeName");
  if (type === "TSTypeQuery") return named("exprName");
  if (type === "TSInterfaceHeritage" || type === "TSClassImplements") return named("expression");
  if (type === "ClassDeclaration") return named("superClass");
  if (type === "TSImportType") {
    const { source, qualifier } = node as unknown as { source: { value: string }; qualifier: unknown };
    return [...nameAt(qualifier).map((name) => ({ module: source.value, name })), ...inner];
  }
  return inner;
}

/** The first name of `A.B.C`. */
function nameAt(node: unknown): readonly string[] {
  const { name, left } = (node ?? {}) as { readonly name?: string; readonly left?: unknown };
  return name === undefined ? (left === undefined ? [] : nameAt(left)) : [name];
}
