import type { MetricDeclaration } from "./metric-catalog.ts";
import type { Distribution, Labels, Sample } from "./series.ts";

/** A metric family with its samples. */
export interface Family {
  readonly declaration: MetricDeclaration;
  readonly samples: readonly Sample<number | Distribution>[];
}

/** OpenMetrics 1.0, or the older text that every Prometheus reads. */
export type Format = "openmetrics" | "text";

/** What is sent as `content-type`. */
export const contentTypes: Readonly<Record<Format, string>> = {
  openmetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8",
  text: "text/plain; version=0.0.4; charset=utf-8",
};

/** The format that an `accept` header asks for: OpenMetrics only where it is named and not liked less than plain text. */
export function formatFor(accept: string): Format {
  const wishes = accept.split(",").map((wish) => {
    const [type = "", ...parameters] = wish.split(";").map((part) => part.trim().toLowerCase());
    const weight = parameters.find((parameter) => parameter.startsWith("q="))?.slice(2);
    return { type, weight: weight === undefined ? 1 : Number(weight) };
  });
  const weightOf = (type: string) =>
    Math.max(0, ...wishes.filter((wish) => wish.type === type).map(({ weight }) => weight));
  const open = weightOf("application/openmetrics-text");
  return open > 0 && open >= weightOf("text/plain") ? "openmetrics" : "text";
}

/** The text of metric families (prometheus/OpenMetrics, "Text Format"); families without samples are left out. */
export function expose(families: readonly Family[], format: Format): string {
  const lines = families
    .filter(({ samples }) => samples.length > 0)
    .flatMap((family) => [
      ...headOf(family.declaration, format),
      ...family.samples.flatMap((sample) => linesOf(family.declaration, sample)),
    ]);
  return [...lines, ...(format === "openmetrics" ? ["# EOF"] : []), ""].join("\n");
}

function headOf({ name, type, unit, help }: MetricDeclaration, format: Format): readonly string[] {
  if (format === "openmetrics") {
    const text = help.replaceAll(/[\\"\n]/g, escaped);
    const units = unit === undefined ? [] : [`# UNIT ${name} ${unit}`];
    return [`# TYPE ${name} ${type}`, ...units, `# HELP ${name} ${text}`];
  }
  // The older text knows no infos, and names a counter as its samples.
  const family = `${name}${suffixes[type]}`;
  const text = help.replaceAll(/[\\\n]/g, escaped);
  return [`# HELP ${family} ${text}`, `# TYPE ${family} ${type === "info" ? "gauge" : type}`];
}

const suffixes = { counter: "_total", info: "_info", gauge: "", histogram: "" } as const;

function linesOf(
  { name, type }: MetricDeclaration,
  { labels, value }: Sample<number | Distribution>,
): readonly string[] {
  if (typeof value === "number") return [`${name}${suffixes[type]}${setOf(labels)} ${numberOf(value)}`];
  const buckets = [...value.buckets, [Number.POSITIVE_INFINITY, value.count] as const];
  return [
    ...buckets.map(([bound, count]) => `${name}_bucket${setOf({ ...labels, le: floatOf(bound) })} ${count}`),
    `${name}_count${setOf(labels)} ${value.count}`,
    `${name}_sum${setOf(labels)} ${numberOf(value.sum)}`,
  ];
}

function setOf(labels: Labels): string {
  const pairs = Object.entries(labels).map(
    ([name, value]) => `${name}="${value.replaceAll(/[\\"\n]/g, escaped)}"`,
  );
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

function escaped(character: string): string {
  return character === "\n" ? String.raw`\n` : `\\${character}`;
}

function numberOf(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  return Number.isFinite(value) ? String(value) : `${value > 0 ? "+" : "-"}Inf`;
}

/** A bound is a label: the same bound must always be the same text, so a whole number is written `1.0`. */
function floatOf(bound: number): string {
  return Number.isInteger(bound) ? `${bound}.0` : numberOf(bound);
}
