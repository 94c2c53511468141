import { describe, expect, test } from "vitest";
import { changesBetween } from "./changes.ts";
import { type Machine, withoutEmpty } from "./machine.ts";
import { merged } from "./merge.ts";

const known: Machine = {
  compute: {
    vmSize: "D2",
    physicalZone: "az1",
    host: { id: "h" },
    tags: { env: "prod", owner: "a" },
    storageProfile: { dataDisks: { 0: { lun: "0", diskSizeGB: "64" } } },
  },
};

/** What changes by a document whose `compute` says this. */
const changed = (compute: Machine) =>
  changesBetween(known, withoutEmpty(merged(known, { compute }))).map(({ path, to }) => [path, to]);

describe("what a document does to what is known", () => {
  test.each<[string, Machine, readonly unknown[]]>([
    ["says nothing of a field: an older api-version has not got it", { vmSize: "D2" }, []],
    ["says that a field is empty", { physicalZone: null }, [["/compute/physicalZone", null]]],
    ["says that a part is empty", { host: { id: null } }, [["/compute/host", null]]],
    ["says another value", { vmSize: "D4" }, [["/compute/vmSize", "D4"]]],
    ["says something new", { zone: "1" }, [["/compute/zone", "1"]]],
    [
      "says a list without an element: it is gone",
      { tags: { env: "prod" } },
      [["/compute/tags/owner", null]],
    ],
    ["says an empty list", { tags: {} }, [["/compute/tags", null]]],
    ["says an element without one of its fields", { storageProfile: { dataDisks: { 0: { lun: "0" } } } }, []],
    [
      "says another element",
      { storageProfile: { dataDisks: { 0: { lun: "0" }, 1: { lun: "1" } } } },
      [["/compute/storageProfile/dataDisks/1", { lun: "1" }]],
    ],
  ])("%s", (_, compute, changes) => expect(changed(compute)).toEqual(changes));
});

describe("the same in other words", () => {
  const same = (name: string, a: string, b: string) =>
    changesBetween({ compute: { [name]: a } }, { compute: { [name]: b } }).length === 0;

  test.each([
    ["resourceId", "/subscriptions/S/resourceGroups/RG", "/Subscriptions/s/resourcegroups/rg"],
    ["azEnvironment", "AzurePublicCloud", "AZUREPUBLICCLOUD"],
    ["osType", "Linux", "linux"],
    ["evictionPolicy", "Deallocate", "deallocate"],
  ])("%s in another case is no change, and stays as it was", (name, a, b) => {
    expect(same(name, a, b)).toBe(true);
    expect(merged({ compute: { [name]: a } }, { compute: { [name]: b } })).toEqual({
      compute: { [name]: a },
    });
  });

  test("all else is compared as it is, and every tag", () => {
    expect(same("name", "web", "WEB")).toBe(false);
    const tag = (value: string): Machine => ({ compute: { tags: { priority: value } } });
    expect(changesBetween(tag("High"), tag("high"))).toHaveLength(1);
    expect(changesBetween(tag("/subscriptions/a"), tag("/subscriptions/A"))).toHaveLength(1);
  });
});
