import { expect, test } from "vitest";

import { createHub } from "./hub.ts";
import { defaultRetention } from "./retention.ts";

const environment = { retention: defaultRetention, now: () => 0, onEvent: undefined };

test.each(["", "-hub", "hub-", "a b", "a/b", "$hub", "x".repeat(257)])("%j is no name of a hub", (name) => {
  expect(() => createHub(name, {}, environment)).toThrow("is no name of an event hub");
});

test.each([0, 1025, 1.5, NaN])("a hub cannot have %d partitions", (partitions) => {
  expect(() => createHub("hub", { partitions }, environment)).toThrow("needs 1 to 1024 partitions");
});

test("consumer groups are compared without case, and $Default is always one", () => {
  const hub = createHub("h", { consumerGroups: ["Audit"] }, environment);
  expect(["$default", "AUDIT", "other"].map(hub.hasConsumerGroup)).toEqual([true, true, false]);
  expect(() => hub.events("9")).toThrow('Hub "h" has no partition "9".');
});
