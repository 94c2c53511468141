import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";

import { surface } from "./surface.ts";

test("what a callback gives is given on", () => {
  expect(surface(() => 7)).toBe(7);
});

test("what a callback throws ends the process, as an error that nobody catches does", () => {
  const program = `
    import { surface } from ${JSON.stringify(new URL("surface.ts", import.meta.url))};
    const given = surface(() => { throw new Error("a mistake in onEvent"); });
    process.stdout.write(String(given));
  `;
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", program], {
    encoding: "utf8",
  });
  expect({ status, stdout }).toEqual({ status: 1, stdout: "undefined" });
  expect(stderr).toContain("a mistake in onEvent");
});
