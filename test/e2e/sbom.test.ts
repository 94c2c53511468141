import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { permissive, sectionsIn } from "../../scripts/notices.ts";
import { temporaryPlace } from "./forewarn.ts";
import { whyNoRegistry } from "./npm.ts";

interface Bill {
  readonly bomFormat: string;
  readonly metadata: { readonly component: { readonly name: string } };
  readonly components: readonly {
    readonly name: string;
    readonly version: string;
    readonly purl: string;
    readonly licenses?: readonly { readonly license?: { readonly id?: string } }[];
  }[];
}

test("npm run sbom: all that runs on a VM, also what is bundled, under a permissive licence each", async ({
  skip,
}) => {
  const program = resolve(import.meta.dirname, "../../scripts/sbom.ts");
  const { status, stdout, stderr } = spawnSync(process.execPath, [program], { encoding: "utf8" });
  if (status !== 0) {
    using place = temporaryPlace();
    const unreachable = await whyNoRegistry(place.path);
    if (unreachable !== undefined) console.log(`SKIPPED the bill of materials: ${unreachable}`);
    if (unreachable !== undefined) skip(unreachable);
  }
  expect(status, stderr).toBe(0);
  const { bomFormat, metadata, components } = JSON.parse(stdout) as Bill;
  expect([bomFormat, metadata.component.name]).toEqual(["CycloneDX", "forewarn"]);
  const names = components.map(({ name }) => name);
  const dist = resolve(import.meta.dirname, "../../packages/cli/dist");
  const others = sectionsIn(dist).map((section) => section.split(" ")[0]);
  const bundled = ["@forewarn/agent", "@forewarn/imds-simulator", "undici", "yaml", ...others];
  const installed = ["forewarn", "@forewarn/sdk", "ajv", "@azure/event-hubs", "rhea", "@slack/webhook"];
  expect(names).toEqual(expect.arrayContaining([...bundled, ...installed]));
  expect(names.filter((name) => /vitest|turbo|knip|typescript/.test(name))).toEqual([]);
  const doubtful = components.filter(
    ({ licenses = [] }) => !licenses.some(({ license }) => permissive.has(license?.id ?? "")),
  );
  expect(doubtful).toEqual([]);
});
