// Runs after `npm ci`, on whatever Node is there, so plain JavaScript: builds the workspace where it can be built.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

if (!existsSync("node_modules/turbo")) {
  process.stdout.write(
    "forewarn: not built, since the development dependencies are left out (--omit=dev or NODE_ENV=production). To build, run: npm ci --include=dev\n",
  );
} else {
  const turbo = spawnSync("npm", ["run", "--silent", "build"], {
    stdio: "inherit",
    shell: process.platform === "win32",
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: "1", DO_NOT_TRACK: "1" },
  });
  process.exitCode = turbo.status ?? 1;
}
