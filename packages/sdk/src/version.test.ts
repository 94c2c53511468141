import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { dataSchemaUrl } from "./event.ts";
import { sdkVersion } from "./version.ts";

it("is the version of the package, and of the schemas it points to", () => {
  const text = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  expect(sdkVersion).toBe((JSON.parse(text) as { version: string }).version);
  expect(dataSchemaUrl("x")).toBe(`https://unpkg.com/@forewarn/sdk@${sdkVersion}/schemas/x.json`);
});
