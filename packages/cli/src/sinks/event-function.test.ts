import { isSinkDefinition, PartialDeliveryError, RejectError, type Batch } from "@forewarn/sdk";
import { expect, test } from "vitest";
import { sinkOfFunction } from "./event-function.ts";

const batch = (...ids: readonly string[]) => ({ events: ids.map((id) => ({ id })) }) as unknown as Batch;
const { signal } = new AbortController();

async function opened(deliverOne: (event: { id: string }, context: unknown) => Promise<void> | void) {
  const definition = sinkOfFunction("mine", deliverOne as never);
  expect(isSinkDefinition(definition)).toBe(true);
  return definition.open({ level: 3 } as never, { name: "ops", options: { level: 3 } } as never);
}

test("one event after the other, with the context and the signal", async () => {
  const calls: unknown[] = [];
  const sink = await opened(async (event, context) => {
    calls.push([event.id, "begins"]);
    await new Promise((resolve) => setTimeout(resolve, 5));
    calls.push([event.id, context]);
  });
  await sink.deliver(batch("a", "b"), { signal });
  const context = { name: "ops", options: { level: 3 }, signal };
  expect(calls).toEqual([
    ["a", "begins"],
    ["a", context],
    ["b", "begins"],
    ["b", context],
  ]);
});

test("what it throws for the first event is thrown on", async () => {
  const sink = await opened(() => {
    throw new RejectError("no");
  });
  await expect(sink.deliver(batch("a", "b"), { signal })).rejects.toBeInstanceOf(RejectError);
});

test("events that it took before it threw stay delivered", async () => {
  const sink = await opened(({ id }) => {
    if (id === "c") throw new Error("no");
  });
  const failure = await sink.deliver(batch("a", "b", "c", "d"), { signal }).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(PartialDeliveryError);
  expect(failure).toMatchObject({ delivered: [0, 1], rejected: [] });
});
