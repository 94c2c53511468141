import { defineSink, MisconfiguredError, type Sink, Type } from "@forewarn/sdk";
import { expect, test } from "vitest";
import { createVirtualClock } from "../time/virtual-clock.ts";
import { type Probe, probeSink } from "./probe-sink.ts";

/** Probes a sink of these parts; time passes where it waits. */
async function probed(open: () => Sink): Promise<Probe & { readonly closed: number }> {
  const clock = createVirtualClock({ now: 0 });
  let closed = 0;
  const definition = defineSink({
    type: "test",
    summary: "Does what the test says.",
    options: Type.Object({}),
    open: () => ({
      ...open(),
      close: async () => {
        closed++;
      },
    }),
  });
  const sinks = [{ name: "ops", definition, secrets: ["s3cr3t-key"] }];
  const ended = new AbortController();
  const probing = probeSink("ops", { state: { path: "none" }, sinks }, { clock });
  void probing.then(() => ended.abort());
  for (let second = 0; !ended.signal.aborted && second < 60; second++) await clock.advance(500);
  return { ...(await probing), closed };
}

const deliver = () => Promise.reject(new Error("nothing is sent"));

test.each<[string, () => Sink, Partial<Probe>]>([
  ["without a probe", () => ({ deliver }), { outcome: "opened" }],
  ["whose probe goes well", () => ({ deliver, probe: async () => {} }), { outcome: "ready" }],
  [
    "whose probe says what is wrong",
    () => ({ deliver, probe: () => Promise.reject(new MisconfiguredError("the key s3cr3t-key is refused")) }),
    { outcome: "misconfigured", message: "the key [redacted] is refused" },
  ],
  [
    "that cannot be opened now",
    () => {
      throw new Error("the disk is away");
    },
    { outcome: "retry", message: "the disk is away" },
  ],
  [
    "whose probe never ends",
    () => ({ deliver, probe: () => new Promise<void>(() => {}) }),
    { outcome: "hung" },
  ],
])("a sink %s", async (_, open, expected) => {
  expect(await probed(open)).toMatchObject(expected);
});

test("is closed afterwards", async () => {
  expect(await probed(() => ({ deliver }))).toMatchObject({ closed: 1 });
});
