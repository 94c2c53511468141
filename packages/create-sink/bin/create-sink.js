#!/usr/bin/env node
// Plain ES2020 without imports, so that an old Node.js prints the line below instead of a syntax error.
const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 24 || (major === 24 && minor < 11)) {
  process.stderr.write(`create-sink needs Node.js 24.11 or newer, this is ${process.versions.node}.\n`);
  process.exitCode = 1;
} else {
  import("../dist/main.js").catch((error) => {
    process.stderr.write(`create-sink cannot start: ${error.message}\n`);
    process.exitCode = 1;
  });
}
