import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type MetricDeclaration, metricCatalog } from "../packages/agent/src/admin/metric-catalog.ts";

const suffixes = { counter: "_total", info: "_info", gauge: "", histogram: "" } as const;

/** `docs/metrics.md`, from the catalog by which the agent exposes its metrics. */
export function metricsPage(): string {
  const alerts = readFileSync(join(import.meta.dirname, "../docs/operations/alerts.yaml"), "utf8");
  const families: readonly MetricDeclaration[] = Object.values(metricCatalog);
  return [
    "# Metrics",
    "Generated from the catalog in `packages/agent/src/admin`; `npm run docs:generate` writes it anew.",
    "A running agent answers `/metrics` at its admin server, by default `http://127.0.0.1:4690`: [OpenMetrics](https://prometheus.io/docs/specs/om/open_metrics_spec/) 1.0 to whoever asks for `application/openmetrics-text`, else the text format 0.0.4. Counts begin anew with the process. No label ever grows with the events: sinks are those of the configuration, types and results are fixed.",
    "```yaml\n# prometheus.yml, on the same machine\nscrape_configs:\n  - job_name: forewarn\n    static_configs: [{ targets: ['127.0.0.1:4690'] }]\n```",
    "A name ends with its unit, where it has one. A histogram has `_bucket`, `_count` and `_sum`.",
    [
      "| metric | type | labels | meaning |",
      "| --- | --- | --- | --- |",
      ...families.map(
        ({ name, type, labels, help }) =>
          `| \`${name}${suffixes[type]}\` | ${type} | ${labels.map((label) => `\`${label}\``).join(" ")} | ${help} |`,
      ),
    ].join("\n"),
    "## What to be woken for",
    "[`operations/alerts.yaml`](operations/alerts.yaml), for Prometheus; [operations](operations.md#metrics) says what else there is. `ForewarnIsDown` needs a Prometheus that scrapes the agent itself.",
    `\`\`\`yaml\n${alerts}\`\`\``,
    "## The other answers",
    [
      "| path | answer |",
      "| --- | --- |",
      "| `/healthz` | 200 while the agent works, 503 after a fault of its own |",
      "| `/readyz` | 200 where events can be stored on disk and IMDS gave a good answer lately (`imds.unreachableAfter`), else 503 and why |",
      "| `/api/v1/status` | JSON: what `forewarn status` shows; `outbox.directory`, the state directory, says whose agent answers |",
      "| `/api/v1/events` | server-sent events: what `forewarn tap` shows; `?types=GLOB`, which may be repeated, chooses |",
    ].join("\n"),
    "All of it is read-only, without a password, and on loopback unless `admin.listen` says otherwise. A request whose `Host` is neither a loopback name nor the address that is listened on gets 403, so that no web page can read it through a name of its own. The live stream has at most eight readers; one that is 2 MB behind is cut off and counted.",
  ].join("\n\n");
}
