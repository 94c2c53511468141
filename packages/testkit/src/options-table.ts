import type { TSchema } from "@forewarn/sdk";

/** The parts of a JSON Schema that the tables show. */
export interface Shown {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Shown[];
  readonly items?: Shown;
  readonly description?: string;
  readonly default?: unknown;
  readonly format?: string;
  readonly secret?: boolean;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Shown>>;
  readonly patternProperties?: Readonly<Record<string, Shown>>;
  /** The name of a type that refers to itself. */
  readonly $ref?: string;
}

/** The Markdown table of a sink's options. */
export function optionsTable(schema: TSchema): string {
  const { properties = {}, required = [] } = schema as Shown;
  const rows = Object.entries(properties).map(([name, option]) => {
    const needed = required.includes(name) && option.default === undefined;
    const fallback =
      option.default === undefined ? (needed ? "required" : "") : code(JSON.stringify(option.default));
    return `| \`${name}\` | ${typeOf(option)} | ${fallback} | ${(option.description ?? "").replaceAll("|", String.raw`\|`)} |`;
  });
  return ["| option | type | default | meaning |", "| --- | --- | --- | --- |", ...rows].join("\n");
}

/** A type as people say it. */
export function typeOf(schema: Shown): string {
  if (schema.secret === true) return "secret";
  if (schema.const !== undefined) return code(JSON.stringify(schema.const));
  if (schema.enum !== undefined) return schema.enum.map((value) => code(String(value))).join(" ");
  if (schema.anyOf !== undefined) return schema.anyOf.map(typeOf).join(" or ");
  if (schema.$ref !== undefined) return schema.$ref.toLowerCase();
  if (schema.type === "array") return `list of ${typeOf(schema.items ?? {})}`;
  const values = Object.values(schema.patternProperties ?? {})[0];
  if (values !== undefined) return `map of ${typeOf(values)}`;
  if (schema.format === "date-time") return "timestamp";
  return schema.type ?? "any";
}

function code(text: string): string {
  return `\`${text.replace(/^"|"$/g, "")}\``;
}
