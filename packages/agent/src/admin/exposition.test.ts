import { expect, test } from "vitest";
import { expose, type Family, formatFor } from "./exposition.ts";
import { parseOpenMetrics } from "./fixtures/openmetrics.ts";
import type { MetricDeclaration } from "./metric-catalog.ts";
import { createCounter, createHistogram } from "./series.ts";

const nasty = 'a"b\\c\nd, {e}="f"';

function families(): readonly Family[] {
  const counter = createCounter();
  counter.add({ sink: nasty }, 2);
  counter.add({ sink: nasty });
  counter.add({ sink: "idle" }, 0);
  const histogram = createHistogram([0.01, 1, 30]);
  for (const value of [0.005, 0.01, 0.02, 31]) histogram.of({ sink: "ops" })(value);
  const declare = (name: string, type: MetricDeclaration["type"], more: Partial<MetricDeclaration> = {}) => ({
    name,
    type,
    labels: [],
    help: 'Says "this" \\ and\nthat.',
    ...more,
  });
  return [
    { declaration: declare("t_build", "info"), samples: [{ labels: { version: "1" }, value: 1 }] },
    { declaration: declare("t_done", "counter"), samples: counter.samples() },
    {
      declaration: declare("t_wait_seconds", "histogram", { unit: "seconds" }),
      samples: histogram.samples(),
    },
    { declaration: declare("t_depth", "gauge"), samples: [{ labels: {}, value: Number.NaN }] },
    { declaration: declare("t_low", "gauge"), samples: [{ labels: {}, value: Number.NEGATIVE_INFINITY }] },
    { declaration: declare("t_absent", "gauge"), samples: [] },
  ];
}

test("OpenMetrics: what a strict parser reads is what was counted, whatever stands in a label", () => {
  const text = expose(families(), "openmetrics");
  const parsed = parseOpenMetrics(text);
  expect(parsed.map(({ name }) => name)).toEqual(["t_build", "t_done", "t_wait_seconds", "t_depth", "t_low"]);
  expect(parsed[1]?.samples).toEqual([
    { name: "t_done_total", labels: { sink: nasty }, value: 3 },
    { name: "t_done_total", labels: { sink: "idle" }, value: 0 },
  ]);
  expect(text).toContain('t_wait_seconds_bucket{sink="ops",le="0.01"} 2\n');
  expect(text).toContain('t_wait_seconds_bucket{sink="ops",le="1.0"} 3\n');
  expect(text).toContain('t_wait_seconds_bucket{sink="ops",le="+Inf"} 4\n');
  expect(text).toContain("# UNIT t_wait_seconds seconds\n");
  expect(parsed[4]?.samples[0]?.value).toBe(Number.NEGATIVE_INFINITY);
});

test("the older text: a counter is named as its samples, an info is a gauge, and nothing is unknown to it", () => {
  const text = expose(families(), "text");
  expect(text).toContain(
    '# HELP t_done_total Says "this" \\\\ and\\nthat.\n# TYPE t_done_total counter\nt_done_total{sink="a\\"b',
  );
  expect(text).toContain('# TYPE t_build_info gauge\nt_build_info{version="1"} 1\n');
  expect(text).not.toMatch(/# (UNIT|EOF)/);
  expect(text.endsWith("-Inf\n")).toBe(true);
});

test.each([
  ["", "text"],
  ["*/*", "text"],
  ["text/plain", "text"],
  ["application/openmetrics-text", "openmetrics"],
  ["application/openmetrics-text; version=1.0.0; charset=utf-8", "openmetrics"],
  [
    "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,text/plain;version=0.0.4;q=0.4,*/*;q=0.1",
    "openmetrics",
  ],
  ["text/plain;version=0.0.4;q=0.9, application/openmetrics-text;q=0.5", "text"],
  ["application/openmetrics-text;q=0", "text"],
] as const)("accept %j: %s", (accept, format) => {
  expect(formatFor(accept)).toBe(format);
});

test.each([
  ["no EOF", "does not end", "# TYPE a gauge\n# HELP a b\na 1\n"],
  ["a counter without _total", "is not of a", "# TYPE a counter\n# HELP a b\na 1\n# EOF\n"],
  [
    "a wrong unit",
    "its unit",
    "# TYPE a_seconds gauge\n# UNIT a_seconds bytes\n# HELP a_seconds b\na_seconds 1\n# EOF\n",
  ],
  ["an open label", "wrong labels", '# TYPE a gauge\n# HELP a b\na{b="c} 1\n# EOF\n'],
  ["a sample twice", "twice", "# TYPE a gauge\n# HELP a b\na 1\na 2\n# EOF\n"],
  [
    "buckets that fall",
    "cumulative",
    '# TYPE a histogram\n# HELP a b\na_bucket{le="1.0"} 2\na_bucket{le="+Inf"} 1\na_count 1\na_sum 1\n# EOF\n',
  ],
])("the parser of these tests refuses %s", (_, why, text) => {
  expect(() => parseOpenMetrics(text)).toThrow(why);
});
