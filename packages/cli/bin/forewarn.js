#!/usr/bin/env node
// Plain ES2020 that any Node can parse: it says which version is needed before newer syntax is read.
import module from "node:module";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";

const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 24 || (major === 24 && minor < 11)) {
  process.stderr.write(
    `forewarn needs Node.js 24.11 or newer, this is ${process.versions.node} (${process.execPath}): install a newer one from https://nodejs.org, or run it as "npx forewarn" where it was installed with npm\n`,
  );
  process.exitCode = 1;
} else {
  // 14 MB less for an agent that idles: docs/decisions/0009-small-in-memory.md has the figures.
  for (const flag of ["--no-wasm-dynamic-tiering", "--no-wasm-tier-up"]) setFlagsFromString(flag);
  // Compiled code of the last start, beside the program itself: nobody else can write there. Where this user cannot
  // write either, Node goes on without.
  module.enableCompileCache(fileURLToPath(new URL("../.cache", import.meta.url)));
  import("../dist/main.js").catch((error) => {
    const missing = error.code === "ERR_MODULE_NOT_FOUND" && String(error.message).includes("dist/main.js");
    process.stderr.write(missing ? "forewarn is not built yet: run npm run build\n" : `${error.stack}\n`);
    process.exitCode = 1;
  });
}
