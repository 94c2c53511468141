import { type InstanceDocument, parseInstance } from "@forewarn/imds";
import type { InstanceChange } from "@forewarn/sdk";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import samples from "../fixtures/instances.json" with { type: "json" };
import { changesBetween } from "./changes.ts";
import { isMap, type Machine, type Part, withoutEmpty } from "./machine.ts";
import { merged } from "./merge.ts";
import { normalOf } from "./normal.ts";

const name = fc.constantFrom("compute", "network", "tags", "zone", "a/b", "a~b", "", "__proto__", "0");
const { machine } = fc.letrec<{ machine: Machine; part: Part }>((tie) => ({
  part: fc.oneof(
    { depthSize: "small" },
    fc.constantFrom("x", "X", "y", "/subscriptions/S", "/SUBSCRIPTIONS/s", 1, true),
    fc.array(fc.constantFrom("x", "y", "z"), { maxLength: 3 }),
    tie("machine"),
  ),
  machine: fc.dictionary(name, tie("part"), { maxKeys: 4, noNullPrototype: true }),
}));

/** The document after the changes, read as anyone reads JSON Pointers. */
function applied(before: Machine, changes: readonly InstanceChange[]): Machine {
  const after = structuredClone(before) as Record<string, unknown>;
  for (const { path, to } of changes) {
    const names = path
      .split("/")
      .slice(1)
      .map((token) => token.replaceAll("~1", "/").replaceAll("~0", "~"));
    const last = names.pop() ?? "";
    let at: Record<string, unknown> = after;
    for (const step of names) at = Object.getOwnPropertyDescriptor(at, step)?.value as typeof at;
    if (to === null) delete at[last];
    else Object.defineProperty(at, last, { value: to, enumerable: true, writable: true, configurable: true });
  }
  return after as Machine;
}

/** Nothing is empty, as in what the agent keeps. */
const whole = machine.map(withoutEmpty);

test("whoever applies the changes to what was has what is", () => {
  fc.assert(
    fc.property(whole, whole, (before, after) => {
      const result = applied(before, changesBetween(before, after));
      expect(changesBetween(result, after)).toEqual([]);
      expect(changesBetween(after, after)).toEqual([]);
    }),
    { numRuns: 1000 },
  );
});

test("every change says what was and what is, each once, in order, and nothing else changed", () => {
  fc.assert(
    fc.property(whole, whole, (before, after) => {
      const changes = changesBetween(before, after);
      const paths = changes.map(({ path }) => path);
      expect(paths).toEqual([...new Set(paths)].toSorted());
      const back = changes.map(({ path, from, to }) => ({ path, from: to, to: from }));
      expect(changesBetween(after, before)).toEqual(back);
    }),
  );
});

/** The same document with every list and the names of every map in another order. */
function shuffled(value: unknown, seed: number): unknown {
  const turn = <T>(list: readonly T[]): T[] =>
    [...list.slice(seed % (list.length || 1)), ...list.slice(0, seed % (list.length || 1))].toReversed();
  if (Array.isArray(value)) return turn(value).map((element) => shuffled(element, seed));
  if (!isMap(value)) return value;
  return Object.fromEntries(turn(Object.entries(value)).map(([key, part]) => [key, shuffled(part, seed)]));
}

const twice = [...Object.values(samples), crowded()];

test("the order of lists and fields is no change", () => {
  fc.assert(
    fc.property(fc.constantFrom(...twice), fc.nat(1000), (document, seed) => {
      const read = (value: unknown) => normalOf(parseInstance(JSON.stringify(value)));
      const before = read(document);
      const after = read(shuffled(document, seed));
      expect(changesBetween(withoutEmpty(before), withoutEmpty(after))).toEqual([]);
      expect(withoutEmpty(merged(before, after))).toEqual(withoutEmpty(before));
    }),
    { numRuns: 300 },
  );
});

/** Many disks, interfaces, addresses and tags, and an unknown list. */
function crowded(): InstanceDocument {
  const many = [0, 1, 2, 3, 4].map(String);
  return {
    compute: {
      vmId: "1",
      tagsList: many.map((n) => ({ name: `t${n}`, value: n })),
      storageProfile: { dataDisks: many.map((lun) => ({ lun, name: `disk-${lun}` })) },
      capabilities: ["b", "a", "c"],
    } as InstanceDocument["compute"] & object,
    network: {
      interface: many.map((n) => ({
        macAddress: `000D3A00000${n}`,
        ipv4: {
          ipAddress: many.map((m) => ({ privateIpAddress: `10.${n}.0.${m}`, publicIpAddress: "" })),
          subnet: [{ address: `10.${n}.0.0`, prefix: "24" }],
        },
      })),
    },
  };
}
