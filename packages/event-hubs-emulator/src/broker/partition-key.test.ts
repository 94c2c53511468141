import { createRequire } from "node:module";
import { expect, test } from "vitest";

import { hashKey, partitionOf } from "./partition-key.ts";

interface SdkMapper {
  hashPartitionKey(key: string): number;
  mapPartitionKeyToId(key: string, count: number): number;
}

/** The SDK's own mapping, which its package does not export. */
const require = createRequire(import.meta.url);
const entry = require.resolve("@azure/event-hubs");
const sdk = createRequire(entry)("./impl/partitionKeyToIdMapper.js") as SdkMapper;

test("keys of every length and any script land where the Azure SDK expects them", () => {
  const letters = "vm-1 ä€😀/ABCxyz0123456789";
  for (let length = 0; length < 80; length++)
    for (let shift = 0; shift < 10; shift++) {
      const key = Array.from(
        { length },
        (_, at) => letters[(at * 7 + shift * 3 + length) % letters.length],
      ).join("");
      expect(hashKey(key), key).toBe(sdk.hashPartitionKey(key));
      for (const count of [1, 2, 3, 4, 32])
        expect(partitionOf(key, count)).toBe(sdk.mapPartitionKeyToId(key, count));
    }
});

test("a known key of Azure's own tests", () => {
  expect(hashKey("7149583486996073602")).toBe(12_977);
});
