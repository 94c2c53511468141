import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { readConfig } from "../../packages/cli/src/config/read.ts";
import { ConfigSchema, SinkConfig } from "../../packages/cli/src/config/schema/schema.ts";
import { type Block, blocksIn, root } from "./documents.ts";

const keysOf = (schema: unknown) =>
  new Set(Object.keys((schema as { readonly properties: object }).properties));
const ofFile = keysOf(ConfigSchema);
const ofSink = keysOf(SinkConfig);
const ofOthers = new Set([
  "apiVersion", // Kubernetes
  "groups", // rules of Prometheus
  "scrape_configs", // Prometheus
  "steps", // a scenario of the simulator
  "jobs", // a workflow of GitHub
  "services", // Compose
]);

/** Values of the variables that a block names. */
function envOf(code: string): Readonly<Record<string, string>> {
  const names = [...code.matchAll(/\$\{env:(\w+)/g)].map(([, name = ""]) => name);
  return Object.fromEntries(
    names.map((name) => [name, given[name] ?? `https://example.com/${name.toLowerCase()}`]),
  );
}

const given: Readonly<Record<string, string>> = {
  SLACK_WEBHOOK_URL: "https://hooks.slack.com/services/T00000000/B00000000/abcdefghijklmnopqrstuvwx",
  WEBHOOK_SECRET: `whsec_${Buffer.alloc(24, 1).toString("base64")}`,
  WEBHOOK_TOKEN: "token",
  PAGERDUTY_ROUTING_KEY: "a".repeat(32),
  EVENT_HUBS:
    "Endpoint=sb://contoso.servicebus.windows.net/;SharedAccessKeyName=send;SharedAccessKey=c2VjcmV0;EntityPath=vm-events",
};

/** What an example of a part leaves out: the options without which the sink cannot be. */
const least: Readonly<Record<string, object>> = {
  file: { path: "events.ndjson" },
  slack: { url: given["SLACK_WEBHOOK_URL"] },
  webhook: { url: "https://example.com/hook" },
  exec: { command: ["drain.sh"] },
  "event-hubs": {},
};

/** A block as a whole file: around a part, what is missing. Null where it is no configuration. */
function fileOf({ place, code }: Block): Record<string, unknown> | null {
  const value = parse(code) as Record<string, unknown>;
  const keys = Object.keys(value);
  if (keys.some((key) => ofOthers.has(key))) return null;
  const type = /^plugins\/([^/]+)/.exec(place)?.[1] ?? "file";
  const whole = (sink: object) => ({ sinks: { part: sink } });
  if (keys.every((key) => ofFile.has(key))) return { ...whole({ type, options: least[type] }), ...value };
  if (keys.every((key) => ofSink.has(key)))
    return whole({
      type,
      ...value,
      options: { ...least[type], ...(value["options"] as object | undefined) },
    });
  if (Object.values(value).every((sink) => typeof sink === "object" && sink !== null && "type" in sink))
    return { sinks: value };
  return whole({ type, options: { ...least[type], ...value } });
}

/** What `forewarn validate` says of a block, as `code: message`. */
async function problemsOf(block: Block): Promise<readonly string[]> {
  const file = fileOf(block);
  if (file === null) return [];
  const read = await readConfig({
    file: join(root, "docs/block.yaml"),
    text: JSON.stringify(file),
    env: envOf(block.code),
    cwd: root,
  });
  if (read.ok) return [];
  return read.problems
    .filter(({ code, message }) => !isElsewhere(code, message))
    .map(({ code, message }) => `${code}: ${message}`);
}

/** Sinks that the reader writes, and files of the reader's machine. */
const isElsewhere = (code: string, message: string) =>
  (code === "CONFIG_SINK_NOT_FOUND" && /my-sink|@acme\/|forewarn-sink-/.test(message)) ||
  (code === "CONFIG_BAD_TLS" && message.includes("there is no such file"));

const blocks = blocksIn("yaml");

describe("each block of YAML that is a configuration, or a part of one, is valid", () => {
  test.each(blocks.map((block) => [block.place, block] as const))("%s", async (_, block) => {
    expect(await problemsOf(block)).toEqual([]);
  });
});

test("a wrong one is found, whole or in part", async () => {
  const wrong = (code: string) => problemsOf({ place: "docs/x.md:1", language: "yaml", code });
  expect(await wrong("sinks: { a: { type: fiel } }")).toEqual([expect.stringContaining("fiel")]);
  expect(await wrong("when: { scop: self }")).toEqual([expect.stringContaining("scop")]);
  expect(await wrong("state: { retention: 30 }")).toHaveLength(1);
});
