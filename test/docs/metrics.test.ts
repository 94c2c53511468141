import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { askedAgent } from "../../packages/agent/src/admin/fixtures/asked-agent.ts";
import { parseOpenMetrics } from "../../packages/agent/src/admin/fixtures/openmetrics.ts";
import { telemetryEvents } from "../../scripts/telemetry-page.ts";

const page = (name: string) => readFileSync(resolve(import.meta.dirname, "../../docs", name), "utf8");

/** The first and the third cell of each row that begins with a code word. */
function rowsOf(text: string): readonly { readonly name: string; readonly labels: readonly string[] }[] {
  return [...text.matchAll(/^\| `(\w+)` +\|[^|]*\|([^|]*)\|/gm)].map(([, name = "", labels = ""]) => ({
    name,
    labels: [...labels.matchAll(/`(\w+)`/g)].map(([, label = ""]) => label),
  }));
}

test("docs/metrics.md and what a running agent exposes are the same metrics with the same labels", async () => {
  const { ask, clock } = await askedAgent({ ops: () => {} });
  await clock.advance(1000);
  const families = parseOpenMetrics(
    (await ask("/metrics", { headers: { accept: "application/openmetrics-text" } })).body,
  );
  const exposed = families.map(({ name, type, samples }) => {
    const sample = samples[0];
    const labels = Object.keys(sample?.labels ?? {}).filter((label) => label !== "le");
    return { name: type === "histogram" ? name : sample?.name, labels };
  });
  expect(rowsOf(page("metrics.md"))).toEqual(exposed);
  // The alerts of the page are about metrics that there are.
  const asked = page("metrics.md").match(/\bforewarn_\w+/g) ?? [];
  const known = new Set(exposed.map(({ name }) => name));
  expect(asked.filter((name) => !known.has(name))).toEqual([]);
});

test("docs/telemetry.md has every event of the type, and a member without a comment is refused", () => {
  const documented = rowsOf(page("telemetry.md")).map(({ name }) => name);
  expect(documented).toEqual(telemetryEvents().map(({ name }) => name));
  expect(documented).toContain("attempted");
  const bare = "export interface AgentTelemetry {\n  /** A. */\n  a: () => void;\n  b: () => void;\n}\n";
  expect(() => telemetryEvents(bare)).toThrow("without a comment");
});
