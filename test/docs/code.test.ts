import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { blocksIn, root } from "./documents.ts";

/** What the text around a block says is there. */
const around: readonly { readonly page: string; readonly has: string; readonly code: string }[] = [
  {
    page: "docs/telemetry.md",
    has: "sinkPaused",
    code: 'declare const agent: import("@forewarn/agent").Agent; declare function page(text: string): void;',
  },
  {
    page: "packages/sdk/README.md",
    has: "compileTemplate",
    code: 'import { compileTemplate, type ForewarnEvent } from "@forewarn/sdk"; declare const event: ForewarnEvent;',
  },
  {
    page: "packages/simulator/README.md",
    has: "azEnvironment",
    code: 'import { startSimulator } from "@forewarn/imds-simulator";',
  },
  {
    page: "packages/testkit/README.md",
    has: "interface OtherEnd",
    code: 'import type { Behaviour, ReceivedEvent } from "@forewarn/testkit"; import type { SinkContext } from "@forewarn/sdk";',
  },
  {
    page: "plugins/webhook/README.md",
    has: "standardwebhooks",
    code: "declare const body: Buffer; declare const headers: Record<string, string>;",
  },
];

/** Part of an object: one of the properties of a harness. */
const isPart = (code: string) => code.startsWith("without:");

/** Libraries of others that no test installs, as far as the pages use them. */
const strangers =
  'declare module "standardwebhooks" { export class Webhook { constructor(secret: string); verify(body: Buffer, headers: Record<string, string>): unknown } }\n';

const place = mkdtempSync(join(tmpdir(), "forewarn-code-"));
afterAll(() => rmSync(place, { recursive: true, force: true }));

/** Type-checks files that Node could run; `strict` as this repository is, but for what examples may leave out. */
function typeCheck(name: string, files: Readonly<Record<string, string>>, options: object): string {
  const directory = join(place, name);
  mkdirSync(directory);
  symlinkSync(join(root, "node_modules"), join(directory, "node_modules"));
  writeFileSync(join(directory, "package.json"), '{ "type": "module" }');
  writeFileSync(join(directory, "strangers.d.ts"), strangers);
  for (const [file, code] of Object.entries(files)) {
    mkdirSync(join(directory, file, ".."), { recursive: true });
    writeFileSync(join(directory, file), code);
  }
  const compilerOptions = {
    noUnusedLocals: false,
    noUnusedParameters: false,
    noUncheckedIndexedAccess: false,
    noPropertyAccessFromIndexSignature: false,
    typeRoots: [join(root, "node_modules/@types")],
    ...options,
  };
  writeFileSync(
    join(directory, "tsconfig.json"),
    JSON.stringify({ extends: join(root, "tsconfig.json"), compilerOptions, include: ["."] }),
  );
  return spawnSync("tsc", ["-p", directory], { encoding: "utf8" }).stdout;
}

/** The blocks by a file for each, in a folder for each page: a sink is found by its name. */
function filesOf(language: "ts" | "js"): Readonly<Record<string, string>> {
  const blocks = blocksIn(language).filter(
    ({ place: at, code }) => !at.startsWith("docs/writing-a-sink.md") && !isPart(code),
  );
  return Object.fromEntries(
    blocks.map(({ place: at, code }) => {
      const [page = "", line = ""] = at.split(":");
      const sink = /^export const (\w+) = defineSink/m.exec(code)?.[1];
      const before = around.filter((each) => each.page === page && code.includes(each.has));
      const text = [...before.map((each) => each.code), code, "export {};"].join("\n");
      return [`${page.replace(".md", "")}/${sink ?? `line-${line}`}.${language}`, text];
    }),
  );
}

test("TypeScript of the pages has the types that it says", () => {
  const files = filesOf("ts");
  expect(Object.keys(files).length).toBeGreaterThan(12);
  expect(typeCheck("ts", files, {})).toBe("");
});

test("JavaScript of the pages uses what there is, as it is", () => {
  const files = filesOf("js");
  expect(Object.keys(files).length).toBeGreaterThan(2);
  expect(typeCheck("js", files, { allowJs: true, checkJs: true, noImplicitAny: false })).toBe("");
});

test("a wrong one is found", () => {
  const code = 'import { createSink } from "@forewarn/create-sink";\nawait createSink({ director: "x" });\n';
  expect(typeCheck("wrong", { "wrong.ts": code }, {})).toContain("director");
});

test("every block of JSON can be read", () => {
  for (const { place: at, code } of blocksIn("json"))
    expect(() => JSON.parse(code) as unknown, at).not.toThrow();
});
