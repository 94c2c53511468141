/**
 * Writes what the documentation takes from declarations: pages of `docs`, the options table of each sink's README, and
 * the schema of scenario files.
 * With `--check` it writes nothing and fails where a file is stale.
 */
import { existsSync, globSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { isSinkDefinition } from "@forewarn/sdk";
import { format } from "prettier";
import { commandsPage } from "./commands-page.ts";
import { configurationPage } from "./configuration-page.ts";
import { errorsPage } from "./errors-page.ts";
import { eventsPage } from "./events-page.ts";
import { metricsPage } from "./metrics-page.ts";
import { telemetryPage } from "./telemetry-page.ts";
import { ScenarioFileSchema } from "../packages/simulator/src/scenarios/file/scenario-schema.ts";
import { optionsTable } from "../packages/testkit/src/options-table.ts";

const root = resolve(import.meta.dirname, "..");
const check = process.argv.includes("--check");
let stale = 0;

async function put(path: string, text: string, parser: "json" | "markdown" = "markdown"): Promise<void> {
  const wanted = await format(text, { parser, printWidth: 110 });
  if (existsSync(path) && readFileSync(path, "utf8") === wanted) return;
  stale++;
  if (check) console.error(`${relative(root, path)} is stale; this fixes it: npm run docs:generate`);
  else writeFileSync(path, wanted);
}

async function putOptions(folder: string): Promise<void> {
  const name = folder.replace(/^.*[/\\]/, "");
  const source = pathToFileURL(join(root, folder, "src", `${name}.ts`)).href;
  const definition = Object.values((await import(source)) as Record<string, unknown>).find(isSinkDefinition);
  const path = join(root, folder, "README.md");
  const text = readFileSync(path, "utf8");
  const parts = /^([\s\S]*<!-- options -->)[\s\S]*(<!-- \/options -->[\s\S]*)$/.exec(text);
  if (definition === undefined || parts === null) {
    throw new Error(
      `${folder}: README.md needs <!-- options --> and <!-- /options -->, and the source a sink`,
    );
  }
  await put(path, `${parts[1]}\n\n${optionsTable(definition.options)}\n\n${parts[2]}`);
}

await put(join(root, "docs/events.md"), eventsPage());
await put(join(root, "docs/commands.md"), commandsPage());
await put(join(root, "docs/configuration.md"), configurationPage());
await put(join(root, "docs/errors.md"), errorsPage());
await put(join(root, "docs/metrics.md"), metricsPage());
await put(join(root, "docs/telemetry.md"), telemetryPage());
await put(
  join(root, "packages/simulator/scenario.schema.json"),
  JSON.stringify(ScenarioFileSchema, null, 2),
  "json",
);
for (const folder of globSync("plugins/*", { cwd: root })) await putOptions(folder);
if (check && stale > 0) process.exitCode = 1;
