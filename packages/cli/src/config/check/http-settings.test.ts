import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sampleImporter } from "../fixtures/sample-sinks.ts";
import { warningText } from "../problems/warning.ts";
import { readConfig } from "../read.ts";
import type { Settings } from "../settings.ts";

const folder = mkdtempSync(join(tmpdir(), "forewarn-http-"));
afterAll(() => rmSync(folder, { recursive: true }));

const file = (name: string) => join(folder, name);
const openssl = (command: string, ...files: readonly string[]) =>
  execFileSync("openssl", [...command.split(" "), ...files], { stdio: "ignore" });

beforeAll(() => {
  const kind = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -subj /CN=forewarn -days 1";
  openssl(`${kind} -passout`, "pass:open sesame", "-keyout", file("valid.key"), "-out", file("valid.pem"));
  openssl(`${kind} -nodes -keyout`, file("expired.key"), "-out", file("new.pem"));
  openssl("x509 -days -1 -in", file("new.pem"), "-signkey", file("expired.key"), "-out", file("expired.pem"));
});

async function sinkOf(more: string, env: Readonly<Record<string, string>> = {}): Promise<Settings> {
  const text = `sinks: { ops: { type: file, options: { path: a }, ${more} } }`;
  const result = await readConfig({
    file: "forewarn.yaml",
    text,
    cwd: folder,
    env,
    importer: sampleImporter,
  });
  if (!result.ok) throw new Error(result.problems.map((problem) => problem.message).join("; "));
  return result.settings;
}

test("paths are taken from the directory of the configuration file", async () => {
  const { sinks, warnings } = await sinkOf(
    'tls: { ca: valid.pem, cert: ./valid.pem, key: valid.key, passphrase: "${env:PASS}" }',
    { PASS: "open sesame" },
  );
  const pem = file("valid.pem");
  const tls = { ca: pem, cert: pem, key: file("valid.key"), passphrase: "open sesame" };
  expect(sinks).toMatchObject([{ tls, secrets: ["open sesame"] }]);
  expect(warnings).toEqual([]);
});

test("a certificate that has expired is a warning", async () => {
  const { warnings } = await sinkOf("tls: { cert: expired.pem, key: expired.key }");
  expect(warnings).toEqual([
    {
      code: "CONFIG_TLS_WARNING",
      path: "/sinks/ops/tls/cert",
      file: "forewarn.yaml",
      line: 1,
      column: 64,
      length: 11,
      message: expect.stringMatching(/^sinks\.ops\.tls\.cert expired on \d{4}-\d\d-\d\d$/) as string,
      suggestion: "have a new one issued",
    },
  ]);
});

test("of a proxy, the password is a secret, and its place is none", async () => {
  const { sinks } = await sinkOf('proxy: "http://me:${env:PW}@proxy:3128"', { PW: "p%40ss" });
  expect(sinks[0]?.proxy).toBe("http://me:p%40ss@proxy:3128");
  expect(sinks[0]?.secrets).toEqual(expect.arrayContaining(["p@ss", "p%40ss", sinks[0]?.proxy]));
  expect(sinks[0]?.secrets.some((secret) => "http://proxy:3128".includes(secret))).toBe(false);
});

test("so it is where the proxy comes from the environment", async () => {
  const env = { HTTPS_PROXY: "http://me:p%40ss@proxy:3128" };
  expect((await sinkOf("", env)).sinks[0]?.secrets).toContain("p@ss");
  expect((await sinkOf("proxy: off", env)).sinks[0]?.secrets).toEqual([]);
});

test("a proxy of the environment that cannot be one is a warning", async () => {
  const { warnings } = await sinkOf("from: now", { https_proxy: "socks5://me:s3cret@proxy:1080" });
  expect(warnings.map(warningText)).toEqual([
    "HTTPS_PROXY of the environment is the URL of a socks5 proxy, and only http and https proxies are understood: sinks that would use it will be paused; write http://HOST:PORT, or give each sink a proxy of its own",
  ]);
});
