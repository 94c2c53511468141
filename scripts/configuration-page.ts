import type { TSchema } from "@forewarn/sdk";
import { ConfigSchema, SinkConfig } from "../packages/cli/src/config/schema.ts";
import { optionsTable, type Shown } from "../packages/testkit/src/options-table.ts";

/** `docs/configuration.md`, from the schema that validates the file. */
export function configurationPage(): string {
  const { properties = {} } = shown(ConfigSchema);
  const sections = Object.entries(properties).filter(
    ([name, { type }]) => type === "object" && name !== "sinks",
  );
  const others = { ...properties };
  for (const [name] of sections) delete others[name];
  return [
    "# Configuration",
    "Generated from the schema in `packages/cli/src/config`; `npm run docs:generate` writes it anew.",
    "A YAML or JSON file: `-c FILE`, else `./forewarn.yaml`, else `/etc/forewarn/forewarn.yaml`. `forewarn validate` tells every problem in it at once, with its place and its cure; what only the destination knows (a wrong key, a host that is not there) shows when it runs.",
    "Durations and sizes have units: `250ms`, `1s`, `15m`, `30d`; `512B`, `64kB`, `10MB`, `1GB`. In any text `${env:NAME}`, `${env:NAME:-default}` and `${file:/run/secrets/name}` are replaced, and `$${` is a plain `${`.",
    "```yaml\nimds: { pollInterval: 1s }\nstate: { path: /var/lib/forewarn, retention: 30d }\nsinks:\n  hook:\n    type: webhook\n    when: { scope: self, minSeverity: warn }\n    options: { url: https://example.com/hooks/forewarn }\n```",
    "## The file",
    optionsTable({ ...ConfigSchema, properties: others } as TSchema),
    ...sections.flatMap(([name, section]) => [`## \`${name}\``, optionsTable(section as TSchema)]),
    "## A sink",
    "What the agent understands stands beside `options`; what the sink understands stands inside, and is described in the sink's README.",
    optionsTable(SinkConfig),
    "### `when`",
    optionsTable((shown(SinkConfig).properties?.["when"] ?? {}) as TSchema),
    "### `batch`",
    optionsTable((shown(SinkConfig).properties?.["batch"] ?? {}) as TSchema),
  ].join("\n\n");
}

const shown = (schema: TSchema): Shown => schema as Shown;
