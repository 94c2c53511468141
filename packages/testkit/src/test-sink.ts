// oxlint-disable vitest/expect-expect, vitest/no-conditional-tests, vitest/no-disabled-tests, vitest/valid-title -- it declares tests for others
import type { AnySinkDefinition } from "@forewarn/sdk";
import { type TestContext, describe, test } from "vitest";
import type { Bench, Case } from "./case.ts";
import { chapters } from "./chapters.ts";
import { type Capability, type Harness, capabilities } from "./harness.ts";
import { staleness } from "./readme.ts";
import { type Rig, createRig } from "./rig.ts";

/** Each case has its own patience; this is for all of its steps together. */
const timeout = 60_000;

/**
 * Declares the sink contract as vitest tests, one for each case. A case that needs what `without` names is skipped, and
 * its name says why.
 */
export function testSink(name: string, harness: Harness): void {
  describe(name, () => {
    for (const { title, cases } of chapters) {
      describe(title, () => {
        for (const one of cases) declare(one, harness);
      });
    }
    test("switches cases off only for a reason", () => {
      for (const [capability, reason] of Object.entries(harness.without ?? {})) {
        if (!(capability in capabilities)) {
          throw new Error(`without: there is no ${capability}, only ${Object.keys(capabilities).join(", ")}`);
        }
        if (reason.trim() === "") throw new Error(`without: ${capability} needs a reason`);
      }
    });
  });
}

/** Declares a test that holds a README's table of options to the definition; `testSink` has it too. */
export function testReadme(readme: URL | string, definition: AnySinkDefinition): void {
  test(`the README of ${definition.type} shows its options as they are declared`, () => {
    const stale = staleness(readme, definition);
    if (stale !== undefined) throw new Error(stale);
  });
}

function declare({ name, needs, run }: Case, harness: Harness): void {
  const missing = needs.find((capability) => harness.without?.[capability] !== undefined);
  if (missing !== undefined) {
    test.skip(`${name} (without ${missing}: ${harness.without?.[missing] ?? ""})`, () => {});
    return;
  }
  test(name, { timeout }, async ({ skip }) => {
    const rigs: Rig[] = [];
    try {
      await run(benchOf(harness, rigs, skip));
    } finally {
      // That a sink cannot be closed is told by the cases that close it, and by no other.
      await Promise.allSettled(rigs.map((rig) => rig.close()));
    }
  });
}

function benchOf(harness: Harness, rigs: Rig[], skip: TestContext["skip"]): Bench {
  return {
    harness,
    has: (capability: Capability) => harness.without?.[capability] === undefined,
    async rig(time = {}) {
      const rig = await createRig(harness, time);
      rigs.push(rig);
      return rig;
    },
    skip: (reason) => skip(reason),
  };
}
