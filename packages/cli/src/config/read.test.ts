import { defineSink, Type } from "@forewarn/sdk";
import { expect, expectTypeOf, test } from "vitest";
import type { AgentOptions } from "@forewarn/agent";
import { file, sampleImporter } from "./fixtures/sample-sinks.ts";
import { type ReadOptions, readConfig } from "./read.ts";
import type { Settings } from "./settings.ts";

async function read(text: string, more: ReadOptions = {}): Promise<Settings> {
  const host = { cwd: "/srv", platform: "linux", env: {} } as const;
  const result = await readConfig({
    file: "conf/forewarn.yaml",
    text,
    importer: sampleImporter,
    ...host,
    ...more,
  });
  if (!result.ok) throw new Error(result.problems.map((problem) => problem.message).join("; "));
  return result.settings;
}

const audit = "sinks: { audit: { type: file, options: { path: a } } }\n";
const pager = (more: string) =>
  `sinks: { ops: { type: pager, options: { url: 'https://p.example' }, ${more} } }`;

test("the settings are what the agent takes", () => {
  expectTypeOf<Settings>().toExtend<AgentOptions>();
});

test("durations are milliseconds, sizes bytes, paths absolute, defaults filled in", async () => {
  const { sinks, ...base } = await read(audit);
  expect(base).toEqual({
    file: "/srv/conf/forewarn.yaml",
    imds: {
      endpoint: "http://169.254.169.254",
      pollIntervalMs: 1000,
      requestTimeoutMs: 10_000,
      unreachableAfterMs: 90_000,
      notBeforeToleranceMs: 5000,
    },
    metadata: {
      intervalMs: 60_000,
      heartbeatMs: null,
      redact: [],
      tags: { include: ["*"], exclude: [] },
    },
    heartbeatMs: null,
    state: { path: "/var/lib/forewarn", retentionMs: 2_592_000_000, retentionBytes: 256e6, maxBytes: 1e9 },
    log: { level: "info", format: "auto" },
    admin: { host: "127.0.0.1", port: 4690 },
    approve: null,
    shutdownTimeoutMs: 10_000,
    warnings: [],
  });
  expect(sinks).toMatchObject([{ name: "audit", type: "file", timeoutMs: 15_000, from: "now", secrets: [] }]);
});

test("a rate is as written, and one that leaves nothing beside polls is refused", async () => {
  const rate = async (text: string) => (await read(`${audit}imds: { maxRequestsPerSecond: ${text} }`)).imds;
  expect(await rate("3")).toMatchObject({ maxRequestsPerSecond: 3 });
  for (const text of ["1", "0", "2.5", "101", "many"])
    await expect(rate(text), text).rejects.toThrow("maxRequestsPerSecond");
});

test.each([
  ["admin: off", false],
  ["admin:", { host: "127.0.0.1", port: 4690 }],
  ["admin: {}", { host: "127.0.0.1", port: 4690 }],
  ["admin: { listen: localhost:80 }", { host: "localhost", port: 80 }],
  ["admin: { listen: '[::1]:0' }", { host: "::1", port: 0 }],
  ["admin: { listen: vm-1.contoso.internal:65535 }", { host: "vm-1.contoso.internal", port: 65_535 }],
  ["admin: { listen: '${env:NOWHERE:-0.0.0.0}:4690' }", { host: "0.0.0.0", port: 4690 }],
])("%s: where the admin server listens", async (text, admin) => {
  expect((await read(`${audit}${text}`)).admin).toEqual(admin);
});

test("a relative state directory is taken from the working directory", async () => {
  expect((await read(`${audit}state: { path: ./here }`)).state.path).toBe("/srv/here");
});

test("what the sink declares holds where the configuration says nothing", async () => {
  const [ops] = (await read(pager(""))).sinks;
  expect(ops).toMatchObject({
    when: { scope: "self", minSeverity: "warn" },
    batch: { maxEvents: 1, lingerMs: 200 },
    concurrency: 4,
    options: { retries: 3, quiet: false, limit: "64kB", to: "ops", headers: {} },
  });
});

test("the configuration is laid over it key by key", async () => {
  const [ops] = (
    await read(
      pager("when: { scope: all }, batch: { maxEvents: 5, maxBytes: 8kB }, concurrency: 2, maxAge: 1h"),
    )
  ).sinks;
  expect(ops).toMatchObject({
    when: { scope: "all", minSeverity: "warn" },
    batch: { maxEvents: 5, maxBytes: 8000, lingerMs: 200 },
    concurrency: 2,
    maxAgeMs: 3_600_000,
  });
});

test("a section or key whose content is commented out is as if not written", async () => {
  const text =
    "imds:\n  # pollInterval: 5s\nlog:\nsinks:\n  audit:\n    type: file\n    when:\n    options: { path: a }\n";
  expect((await read(text)).imds.pollIntervalMs).toBe(1000);
});

test("an unknown key is told, also where its content is commented out", async () => {
  const text =
    "lgo:\nsinks:\n  audit:\n    type: file\n    wehn: # { scope: all }\n    options: { path: a }\n";
  const result = await readConfig({ text, importer: sampleImporter });
  expect(result.ok ? [] : result.problems.map(({ message }) => message)).toEqual([
    '"lgo" is not a key of the configuration',
    '"wehn" is not a key of sinks.audit',
  ]);
});

test("a reference becomes a number or boolean where one is asked for, and stays a text elsewhere", async () => {
  const text = `sinks:
  ops:
    type: pager
    concurrency: \${env:N}
    options: { url: "https://p.example", retries: "\${env:N}", quiet: "\${env:YES}", token: "\${env:PIN}" }`;
  const [ops] = (await read(text, { env: { N: "7", YES: "true", PIN: "12345678" } })).sinks;
  expect(ops).toMatchObject({ concurrency: 7, options: { retries: 7, quiet: true, token: "12345678" } });
  expect(ops?.batch.maxEvents).toBe(10);
});

test("names every text that must not be seen", async () => {
  const text = `sinks:
  ops:
    type: pager
    options:
      url: "https://alice:p%40ss@p.example/\${env:PATH_PART}"
      token: "prefix-\${env:TOKEN}"
      headers: { a: one, b: "\${file:b}" }
      auth: { kind: basic, user: bob, password: "\${env:PASSWORD}" }`;
  const env = { TOKEN: "tokentoken", PASSWORD: "pw", PATH_PART: "public" };
  const [ops] = (await read(text, { env, readFile: () => Promise.resolve("two\n") })).sinks;
  expect(ops?.secrets).toEqual([
    "https://alice:p%40ss@p.example/public",
    "prefix-tokentoken",
    "tokentoken",
    "p%40ss",
    "p@ss",
    "one",
    "two",
    "pw",
  ]);
});

test("what a reference stands for is secret where no schema says what it is", async () => {
  const mine = { resolve: () => "mine:", import: () => Promise.resolve({ default: () => {} }) };
  const text = "sinks: { x: { type: '@acme/mine', options: { key: 'k-${env:KEY}', level: plain } } }";
  const [sink] = (await read(text, { importer: mine, env: { KEY: "value" } })).sinks;
  expect(sink?.options).toEqual({ key: "k-value", level: "plain" });
  expect(sink?.secrets).toEqual(["value"]);
});

test.each([
  ["limits of its batches without a unit", { batch: { maxBytes: "64 kb" } }],
  ["a batch that throws", { batch: () => expect.fail("no") }],
  ["options that ajv cannot compile", { options: Type.Object({}, { nonsense: true }) }],
])("a sink that declares %s is a problem at its type", async (_, wrong) => {
  const { summary, open } = file;
  const broken = defineSink({ type: "broken", summary, open, options: Type.Object({}), ...wrong });
  const importer = { resolve: () => "broken:", import: () => Promise.resolve({ broken }) };
  const result = await readConfig({ text: "sinks: { x: { type: '@acme/broken' } }", importer });
  expect(result).toMatchObject({ problems: [{ code: "CONFIG_SINK_BROKEN", line: 1, column: 21 }] });
});

test("the validator that a package ships is used, and nothing is compiled", async () => {
  const validate = Object.assign(() => false, {
    errors: [{ keyword: "enum", instancePath: "/path", schemaPath: "#/x", params: { allowedValues: ["b"] } }],
  });
  const importer = {
    resolve: (specifier: string) => specifier,
    import: (url: string) => Promise.resolve(url.endsWith("/validate") ? { validate } : { file }),
  };
  const result = await readConfig({ text: audit, importer });
  expect(result).toMatchObject({ problems: [{ code: "CONFIG_BAD_CHOICE", suggestion: "write b" }] });
});

test("the sinks that come with Forewarn are found without an importer of one's own", async () => {
  const text =
    "sinks: { a: { type: file, options: { path: x } }, b: { type: webhook, options: { url: 'https://x.example' } } }";
  const result = await readConfig({ text, cwd: "/srv", env: {} });
  expect(
    result.ok ? result.settings.sinks.map(({ definition }) => definition.type) : result.problems,
  ).toEqual(["file", "webhook"]);
});
