import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { bins, forewarn, temporaryPlace } from "./forewarn.ts";
import { addNamespace, whyNoNamespace } from "./namespace.ts";

const why = whyNoNamespace();

test("the doctor where there is no IMDS: what is wrong, what to do, exit 1", async () => {
  await using doctor = forewarn(["doctor", "--endpoint", "http://127.0.0.1:9"]);
  expect(await doctor.exited()).toBe(1);
  expect(doctor.stdout()).toMatch(/^✗ Nothing says that this is an Azure VM/);
  expect(doctor.stdout()).toMatch(/→ to try forewarn anywhere: forewarn run --simulate/);
  expect(doctor.stdout()).toMatch(/1 thing does not work/);
});

describe.skipIf(why !== undefined)("at Azure's own address, in a network namespace", () => {
  test("the doctor finds nothing that stands in the way, and says what polling means", async () => {
    using place = temporaryPlace();
    using namespace = addNamespace();
    const { prefix } = namespace;
    await using simulator = forewarn(["--listen", "169.254.169.254:80"], { bin: bins.simulator, prefix });
    await simulator.says("169.254.169.254");
    const config = place.file(
      "forewarn.yaml",
      `state: { path: ${join(place.path, "state")} }\nsinks: { audit: { type: file, options: { path: ${join(place.path, "events.ndjson")} } } }\n`,
    );
    await using doctor = forewarn(["doctor", "-c", config], { prefix });
    expect(await doctor.exited()).toBe(0);
    for (const line of [
      /^✓ This is the Azure VM web-01/,
      /^✓ 169\.254\.169\.254 answers/m,
      /^✓ The clock is Azure's within 3 s$/m,
      /^✓ Scheduled Events answers, 0 events/m,
      /^! .*waits up to 15 minutes/m,
      /^✓ A managed identity is there/m,
      /^✓ audit \(file\) /m,
      /^Nothing stands in the way/m,
    ])
      expect(doctor.stdout()).toMatch(line);
  });
});
