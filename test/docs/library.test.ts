import { createAgent } from "@forewarn/agent";
import type { AnySinkDefinition } from "@forewarn/sdk";
import { eventHubs } from "@forewarn/sink-event-hubs";
import { exec } from "@forewarn/sink-exec";
import { file } from "@forewarn/sink-file";
import { slack } from "@forewarn/sink-slack";
import { webhook } from "@forewarn/sink-webhook";
import { expect, test } from "vitest";

const state = { path: "state" };
const url = "https://example.com";
const path = "events.ndjson";

/** Never called: the compiler is the test, by `npm run typecheck`. An unused `@ts-expect-error` is an error, too. */
function right(sinks: readonly { readonly name: string; readonly definition: AnySinkDefinition }[]): void {
  createAgent({
    state,
    sinks: [
      { name: "file", definition: file, options: { path } },
      { name: "ops", definition: slack, options: { url, mention: { error: "<!here>" } }, timeoutMs: 5000 },
      { name: "hook", definition: webhook, options: { url, mode: "batched", headers: { a: "b" } } },
      { name: "stream", definition: eventHubs, options: { eventHub: "e", partitionBy: "event" } },
      { name: "drain", definition: exec, options: { command: ["./drain.sh"], shell: false } },
    ],
  });
  createAgent({ state, sinks: [] });
  // Sinks that are known only when it runs.
  createAgent({ state, sinks });
}

/** What the compiler must refuse. */
function wrong(): void {
  // @ts-expect-error A required option is missing.
  createAgent({ state, sinks: [{ name: "a", definition: file, options: {} }] });
  // @ts-expect-error All options are missing.
  createAgent({ state, sinks: [{ name: "a", definition: file }] });
  // @ts-expect-error There is no such option.
  createAgent({ state, sinks: [{ name: "a", definition: file, options: { path, pth: "b" } }] });
  // @ts-expect-error A text where a number is asked for.
  createAgent({ state, sinks: [{ name: "a", definition: slack, options: { url, digestAfter: "5" } }] });
  // @ts-expect-error None of the choices.
  createAgent({ state, sinks: [{ name: "a", definition: webhook, options: { url, mode: "batch" } }] });
  // @ts-expect-error The options of another sink.
  createAgent({ state, sinks: [{ name: "a", definition: exec, options: { path } }] });
  const first = { name: "a", definition: file, options: { path } } as const;
  // @ts-expect-error The second one is wrong, whatever the first.
  createAgent({ state, sinks: [first, { name: "b", definition: slack, options: { path } }] });
}

test("the options of each sink are inferred from its definition, by the compiler", () => {
  expect([right, wrong].map(({ name }) => name)).toEqual(["right", "wrong"]);
});
