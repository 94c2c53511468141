import { defineConfig } from "vitest/config";

/**
 * Tests run from source: `@forewarn/source` must stand in `ssr.resolve.conditions`, because vitest ignores
 * `resolve.conditions` there and would test a stale `dist` without a word (`test/architecture` asserts it).
 */
const source = {
  ssr: { resolve: { conditions: ["@forewarn/source", "node", "import", "module", "default"] } },
};

const project = (name: string, include: readonly string[], timeout: number) => ({
  ...source,
  test: { name, include: [...include], testTimeout: timeout, hookTimeout: timeout },
});

export default defineConfig({
  ...source,
  test: {
    coverage: {
      provider: "v8",
      include: ["packages/*/src/**/*.ts", "plugins/*/src/**/*.ts"],
      exclude: ["**/*.test.ts", "**/fixtures/**"],
      reporter: ["json-summary"],
      reportOnFailure: true,
    },
    projects: [
      project("unit", ["packages/*/src/**/*.test.ts", "plugins/*/src/**/*.test.ts"], 20_000),
      project("house", ["test/architecture/**/*.test.ts", "test/docs/**/*.test.ts"], 60_000),
      // A file for each core: the whole agent on virtual time, and on real HTTP with a faulty IMDS.
      project("simulation", ["test/simulation/**/*.test.ts", "test/matrix/**/*.test.ts"], 60_000),
      project(
        "e2e",
        ["test/e2e/**/*.test.ts", "test/crash/**/*.test.ts", "test/strangers/**/*.test.ts"],
        120_000,
      ),
    ],
  },
});
