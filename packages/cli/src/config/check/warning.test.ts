import { expect, test } from "vitest";
import { sampleImporter } from "../fixtures/sample-sinks.ts";
import { renderWarnings } from "../problems/render.ts";
import { readConfig } from "../read.ts";

async function warned(sink: string, env: Readonly<Record<string, string>> = {}) {
  const result = await readConfig({ text: `sinks:\n  ops: ${sink}\n`, importer: sampleImporter, env });
  if (!result.ok) throw new Error(result.problems.map(({ message }) => message).join("; "));
  return result;
}
const pager = (options: string) =>
  warned(`{ type: pager, options: { url: "https://p.example", ${options} } }`);
const placesOf = ({ settings }: Awaited<ReturnType<typeof warned>>) =>
  settings.warnings.map(({ code, path }) => `${code} ${path.replace("/sinks/ops/", "")}`);

const key = "k3yk3yk3yk3yk3yk3yk3y";

test.each<[string, readonly string[]]>([
  ['token: "password"', ["options/token"]],
  ["webhook: https://example.com/hooks/forewarn", []],
  [`webhook: https://example.com/hooks/${key}`, ["options/webhook"]],
  [`webhook: "https://example.com/hooks?code=${key}"`, ["options/webhook"]],
  [`webhook: "http://127.0.0.1:8080/${key}"`, []],
  ["webhook: https://hooks.slack.com/services/TABC/BABC/letters", ["options/webhook"]],
  ['webhook: "https://a.logic.azure.com/workflows/a/invoke?api-version=1&sig=letters"', ["options/webhook"]],
  ['to: "https://hooks.slack.com/services/TABC/BABC/letters"', ["options/to"]],
  ["headers: { accept-language: de, x-api-key: short }", ["options/headers/x-api-key"]],
  [
    `headers: { authorization: Bearer, other: ${key} }`,
    ["options/headers/authorization", "options/headers/other"],
  ],
  ["auth: { kind: basic, user: ops, password: hunter2 }", ["options/auth/password"]],
  ["priority: low, retries: 5", []],
])("a literal secret: %s", async (options, paths) => {
  expect(placesOf(await pager(options))).toEqual(paths.map((path) => `CONFIG_LITERAL_SECRET ${path}`));
});

test("a secret by reference is none, nor is one in a file", async () => {
  const env = { TOKEN: "password", KEY: key };
  const options =
    'url: "https://p.example", token: "${env:TOKEN}", headers: { authorization: "Bearer ${env:KEY}" }';
  const { settings } = await warned(`{ type: pager, options: { ${options} } }`, env);
  expect(settings.warnings).toEqual([]);
});

test("beside options, too: a password in a proxy, a passphrase", async () => {
  const found = await warned('{ type: file, proxy: "http://me:pw@proxy:1", options: { path: a } }');
  expect(placesOf(found)).toEqual(["CONFIG_LITERAL_SECRET proxy"]);
});

test("it is shown with its place and its cure, and never the secret", async () => {
  const { settings, excerpt } = await pager('token: "hunter2hunter2"');
  const shown = renderWarnings(settings.warnings, excerpt);
  expect(shown).toBe(
    [
      "forewarn.yaml:2:67 warning CONFIG_LITERAL_SECRET: sinks.ops.options.token is a secret, and is written in this file",
      '    2 |   ops: { type: pager, options: { url: "https://p.example", token: "**************" } }',
      "      |                                                                   ^^^^^^^^^^^^^^^^",
      "  help: put it into an environment variable or a file, and write ${env:OPS_TOKEN} or ${file:/run/secrets/…}",
      "",
    ].join("\n"),
  );
});

test("a filter on an attribute that no event has", async () => {
  const filters = "[{ not: { any: [{ exact: { typ: a } }, { prefix: { subject: b, colour: c } }] } }]";
  const found = await warned(`{ type: file, options: { path: a }, when: { filters: ${filters} } }`);
  expect(placesOf(found)).toEqual([
    "CONFIG_UNKNOWN_ATTRIBUTE when/filters/0/not/any/0/exact/typ",
    "CONFIG_UNKNOWN_ATTRIBUTE when/filters/0/not/any/1/prefix/colour",
  ]);
  expect(found.settings.warnings.map(({ suggestion }) => suggestion)).toEqual([
    "did you mean type?",
    expect.stringMatching(/^there are specversion, id, source, .*notbefore/),
  ]);
});

test("a type that no event has", async () => {
  const known =
    "types: [scheduledevent.*, io.forewarn.*, io.forewarn.instance.chnged], eventTypes: [REBOOT, Rebot]";
  const found = await warned(`{ type: file, options: { path: a }, when: { ${known} } }`);
  expect(placesOf(found)).toEqual([
    "CONFIG_UNKNOWN_TYPE when/types/0",
    "CONFIG_UNKNOWN_TYPE when/types/2",
    "CONFIG_UNKNOWN_TYPE when/eventTypes/1",
  ]);
  expect(found.settings.warnings.map(({ suggestion }) => suggestion)).toEqual([
    "did you mean io.forewarn.scheduledevent.*?",
    "did you mean io.forewarn.instance.changed?",
    "did you mean Reboot?",
  ]);
});

test("a type of `approve` that Azure has not, and nothing like it", async () => {
  const found = await readConfig({
    text: "approve: { eventSource: User, eventTypes: [Hibernate] }\nsinks: { ops: { type: file, options: { path: a } } }",
    cwd: import.meta.dirname,
    importer: sampleImporter,
  });
  expect(found.ok && found.settings.warnings).toMatchObject([
    { path: "/approve/eventTypes/0", suggestion: "there are Freeze, Reboot, Redeploy, Preempt or Terminate" },
  ]);
});
