import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { type MetricDeclaration, metricCatalog } from "../../packages/agent/src/admin/metric-catalog.ts";
import { root } from "./documents.ts";

const suffixes = {
  counter: ["_total"],
  info: ["_info"],
  gauge: [""],
  histogram: ["_bucket", "_count", "_sum"],
} as const;

/** The labels of each series by its name; `up` is Prometheus' own. */
const series = new Map<string, readonly string[]>([["up", []]]);
for (const { name, type, labels } of Object.values(metricCatalog) as readonly MetricDeclaration[])
  for (const suffix of suffixes[type])
    series.set(`${name}${suffix}`, type === "histogram" ? [...labels, "le"] : labels);
/** Labels that the scraping adds. */
const ofScrape = ["instance", "job"];

const read = (file: string) => readFileSync(join(root, "docs/operations", file), "utf8");

interface Rules {
  readonly groups: readonly {
    readonly rules: readonly {
      readonly alert: string;
      readonly expr: string;
      readonly annotations: object;
    }[];
  }[];
}

interface Dashboard {
  readonly panels: readonly {
    readonly id: number;
    readonly title: string;
    readonly gridPos: { readonly x: number; readonly w: number };
    readonly targets: readonly { readonly expr: string; readonly legendFormat: string }[];
  }[];
}

const rules = (parse(read("alerts.yaml")) as Rules).groups.flatMap((group) => group.rules);
const { panels } = JSON.parse(read("dashboard.json")) as Dashboard;

/** What an expression asks for and there is not: series, or labels that none of its series has. */
function unknownIn(expr: string): readonly string[] {
  const asked = expr.match(/\b(?:up|(?:forewarn|process)_\w+)\b/g) ?? [];
  const missing = asked.filter((name) => !series.has(name));
  const labels = new Set([...ofScrape, ...asked.flatMap((name) => series.get(name) ?? [])]);
  const matched = [...expr.matchAll(/\{([^}]*)\}/g)].flatMap(([, inside = ""]) =>
    [...inside.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map(([, label = ""]) => label),
  );
  const grouped = [...expr.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, inside = ""]) => inside.split(/,\s*/));
  return [...missing, ...[...matched, ...grouped].filter((label) => !labels.has(label))];
}

/** Whether the legend names a label that the sum has thrown away. */
function hasEmptyLegend({ expr, legendFormat }: Dashboard["panels"][number]["targets"][number]): boolean {
  const kept = /\bby \(([^)]*)\)/.exec(expr)?.[1];
  const named = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = ""]) => label);
  return kept !== undefined && named.some((label) => !kept.split(/,\s*/).includes(label));
}

describe("alerts.yaml", () => {
  test.each(rules.map((rule) => [rule.alert, rule] as const))("%s asks for what there is", (_, rule) => {
    expect(unknownIn(rule.expr)).toEqual([]);
    expect(rule.annotations).toHaveProperty("summary");
  });
});

describe("dashboard.json", () => {
  test.each(panels.map((panel) => [panel.title, panel] as const))("%s asks for what there is", (_, panel) => {
    expect(panel.targets.length).toBeGreaterThan(0);
    expect(panel.gridPos.x + panel.gridPos.w).toBeLessThanOrEqual(24);
    expect(panel.targets.flatMap(({ expr }) => unknownIn(expr))).toEqual([]);
    expect(panel.targets.filter(({ expr }) => !/\b(?:forewarn|process)_|\bup\b/.test(expr))).toEqual([]);
    expect(panel.targets.filter(hasEmptyLegend)).toEqual([]);
  });

  test("no panel has the id of another", () => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  });
});

test("a series and a label that there are not are found", () => {
  expect(unknownIn("forewarn_events_recieved_total > 0")).toEqual(["forewarn_events_recieved_total"]);
  expect(unknownIn('forewarn_sink_state{sate="paused"}')).toEqual(["sate"]);
  expect(unknownIn("sum by (snik) (forewarn_events_delivered_total)")).toEqual(["snik"]);
});
