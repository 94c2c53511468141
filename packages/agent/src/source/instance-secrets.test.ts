import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { type ImdsClient, parseInstance } from "@forewarn/imds";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import samples from "../fixtures/instances.json" with { type: "json" };
import { scheduled } from "../normalize/fixtures/entry.ts";
import { createVirtualClock } from "../time/virtual-clock.ts";
import { createAzure } from "./fixtures/azure.ts";
import { startStation, stateDirectory } from "./fixtures/station.ts";

const noon = Date.UTC(2026, 10, 22, 12);
const canary = "c4n4ry";

/** A VM in whose document the canary stands in all these places, as a text or within something. */
function documentWith(places: readonly (readonly string[])[], value: unknown): object {
  const document = structuredClone(samples.linux) as Record<string, unknown>;
  for (const place of places) {
    let at: Record<string, unknown> = document;
    for (const name of place.slice(0, -1)) at = (at[name] ??= {}) as Record<string, unknown>;
    at[place.at(-1) ?? ""] = value;
  }
  return document;
}

const secretPlace = fc.constantFrom<(readonly string[])[]>(
  ["compute", "userData"],
  ["compute", "customData"],
  ["compute", "publicKeys"],
  ["compute", "storageProfile", "osDisk", "encryptionSettings"],
  ["compute", "future", "userData"],
  ["compute", "osProfile", "adminPassword"],
  ["compute", "osProfile", "adminUsername"],
  ["network", "accessToken"],
);

const secretValue = fc.constantFrom<unknown[]>(
  canary,
  { secretUrl: canary },
  [{ keyData: canary }, canary],
  [[canary]],
);

test("what is secret stands in no event, not in the state directory, and is never seen to change", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(secretPlace, { minLength: 1 }),
      secretValue,
      secretValue,
      async (places, one, other) => {
        const clock = createVirtualClock({ now: noon });
        let document = documentWith(places, one);
        const azure = createAzure();
        const imds = {
          ...azure,
          instance: (async () => parseInstance(JSON.stringify(document))) as ImdsClient["instance"],
        };
        const directory = stateDirectory();
        const metadata = { redact: ["/**/adminUsername"], tags: { exclude: ["own*"] } };
        const station = startStation({ imds, clock, directory, metadata });
        const stopping = new AbortController();
        void station.identity.run(station.record, stopping.signal);
        await clock.advance(1000);
        azure.events = [scheduled()];
        await station.poll();
        document = documentWith(places, other);
        await clock.advance(60_000);
        stopping.abort();
        const events = [...station.instanceEvents(), ...station.events()];
        expect(events).toHaveLength(2);
        const text = JSON.stringify(events);
        expect(text).toContain("Standard_D2s_v5");
        expect(text).not.toMatch(/c4n4ry|azureuser|team-a|ssh-ed25519/);
        station.end();
        for (const name of readdirSync(directory))
          expect(readFileSync(join(directory, name), "latin1")).not.toMatch(/c4n4ry|azureuser|team-a/);
      },
    ),
    { numRuns: 30 },
  );
});

describe("rules that are changed between two runs", () => {
  async function kindsAfter(before: object, after: object, tags = samples.linux.compute.tagsList) {
    const clock = createVirtualClock({ now: noon });
    const directory = stateDirectory();
    let tagsList: unknown = samples.linux.compute.tagsList;
    const instance = (async () =>
      parseInstance(
        JSON.stringify({ ...samples.linux, compute: { ...samples.linux.compute, tagsList } }),
      )) as ImdsClient["instance"];
    const run = async (metadata: object) => {
      const station = startStation({ imds: { ...createAzure(), instance }, clock, directory, metadata });
      await station.introduce();
      const events = station.instanceEvents();
      station.end();
      return events;
    };
    await run(before);
    tagsList = tags;
    await run(after);
    const events = await run(after);
    return events.map(({ type }) => type.slice(21)).filter((kind) => kind === "changed").length;
  }

  test.each([
    [{}, { tags: { exclude: ["env"] } }],
    [{ tags: { exclude: ["env"] } }, {}],
    [{}, { redact: ["/network", "/compute/osProfile/*"] }],
    [{ redact: ["/network", "/compute/osProfile/*"] }, {}],
  ])("from %j to %j: the VM has not changed", async (before, after) => {
    expect(await kindsAfter(before, after)).toBe(0);
  });

  test("what did change meanwhile is told", async () => {
    expect(await kindsAfter({}, { tags: { exclude: ["owner"] } }, [{ name: "env", value: "test" }])).toBe(1);
  });
});
