import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { UsageError } from "../../command.ts";
import { clientOf, endpointOf } from "./endpoint.ts";

const silent = { write: () => true };

function placeWith(text: string): string {
  const directory = mkdtempSync(join(tmpdir(), "forewarn-endpoint-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  writeFileSync(join(directory, "forewarn.yaml"), text);
  return directory;
}

const asked = (options: Readonly<Record<string, string>>, env: Readonly<Record<string, string>>, cwd = "/") =>
  endpointOf(options, { stdout: silent, stderr: silent, env, cwd });

test("the nearest word counts: the option, the environment, the configuration, Azure", async () => {
  const cwd = placeWith("imds: { endpoint: http://127.0.0.1:3 }\nsinks: {}\n");
  const env = { FOREWARN_IMDS_ENDPOINT: "http://127.0.0.1:2" };
  const urls = [
    await asked({ endpoint: "http://127.0.0.1:1" }, env, cwd),
    await asked({}, env, cwd),
    await asked({}, { FOREWARN_IMDS_ENDPOINT: "" }, cwd),
    await asked({}, {}),
  ];
  expect(urls.map(({ url }) => url)).toEqual([
    "http://127.0.0.1:1",
    "http://127.0.0.1:2",
    "http://127.0.0.1:3",
    "http://169.254.169.254",
  ]);
});

test("a configuration that is no YAML says nothing", async () => {
  expect(await asked({}, {}, placeWith("imds: ["))).toMatchObject({ url: "http://169.254.169.254" });
});

test("an endpoint that cannot be one names where it was written", () => {
  const wrong = { url: "https://127.0.0.1", from: "--endpoint" };
  expect(() => clientOf(wrong)).toThrow(UsageError);
  expect(() => clientOf(wrong)).toThrow(/^--endpoint: the endpoint "https:\/\/127\.0\.0\.1" must be/);
});
