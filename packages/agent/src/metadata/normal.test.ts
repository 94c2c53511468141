import { parseInstance } from "@forewarn/imds";
import { describe, expect, test } from "vitest";
import samples from "../fixtures/instances.json" with { type: "json" };
import { partAt, withoutEmpty } from "./machine.ts";
import { normalOf } from "./normal.ts";

const normal = (document: unknown) => normalOf(parseInstance(JSON.stringify(document)));

/** Every text of a JSON value that is not empty, in order of writing. */
function textsOf(value: unknown): readonly unknown[] {
  if (typeof value !== "object" || value === null) return value === "" || value === null ? [] : [value];
  return Object.values(value).flatMap(textsOf);
}

describe.each(Object.entries(samples))("the sample %s", (_, sample) => {
  test("keeps every text that was sent, but for the second spelling of the tags", () => {
    const machine = normal(sample);
    const { tags: _tags, tagsList: _tagsList, ...compute } = sample.compute as Record<string, unknown>;
    const { tags: _map, ...told } = machine["compute"] as Record<string, unknown>;
    const rest = textsOf({ ...machine, compute: told }).toSorted();
    expect(rest).toEqual(textsOf({ ...sample, compute }).toSorted());
  });

  test("is plain JSON", () => {
    const machine = withoutEmpty(normal(sample));
    expect(JSON.parse(JSON.stringify(machine))).toEqual(machine);
    expect(textsOf(machine)).not.toContain("");
  });
});

test("lists are maps by what names their elements", () => {
  const { network } = normal(samples.twoNics);
  expect(Object.keys(network as object)).toEqual(["interface"]);
  const macs = samples.twoNics.network.interface.map(({ macAddress }) => macAddress);
  expect(Object.keys((network as { interface: object }).interface)).toEqual(macs);
  const machine = normal({
    compute: { storageProfile: { dataDisks: [{ lun: "3", name: "logs" }, { lun: "0" }, { name: "odd" }] } },
    network: {
      interface: [{ macAddress: "00-0d-3a-f8", ipv4: { ipAddress: [{ privateIpAddress: "10.0.0.4" }] } }],
    },
  });
  expect(machine).toEqual({
    compute: {
      storageProfile: {
        dataDisks: { 3: { lun: "3", name: "logs" }, 0: { lun: "0" }, unnamed: { name: "odd" } },
      },
    },
    network: {
      interface: {
        "000D3AF8": {
          macAddress: "000D3AF8",
          ipv4: { ipAddress: { "10.0.0.4": { privateIpAddress: "10.0.0.4" } } },
        },
      },
    },
  });
});

test("elements of the same name are told apart by their content, whatever their order", () => {
  const disks = [
    { lun: "0", name: "b" },
    { lun: "0", name: "a" },
  ];
  const of = (dataDisks: unknown) => normal({ compute: { storageProfile: { dataDisks } } });
  expect(partAt(of(disks), "compute", "storageProfile", "dataDisks")).toEqual({
    0: disks[1],
    "0#2": disks[0],
  });
  expect(of(disks.toReversed())).toEqual(of(disks));
});

describe("tags", () => {
  const tagsOf = (compute: unknown) => partAt(normal({ compute }), "compute", "tags");

  test("are those of the list; the text that cannot hold every tag is left aside", () => {
    expect(tagsOf(samples.separators.compute)).toEqual({ note: "a;b:c=1", url: "https://x/y" });
    expect(tagsOf({ tags: "a:b", tagsList: [] })).toEqual({});
  });

  test("are those of the text where a host knows no list", () => {
    expect(tagsOf(samples.version2017.compute)).toEqual({ scaleSetName: "vault-example" });
    expect(tagsOf({ tags: "env:prod;url:https://x/y;odd;:none" })).toEqual({
      env: "prod",
      url: "https://x/y",
    });
    expect(tagsOf({ tags: "" })).toEqual({});
    // It names none: so it is no text of tags, and does not say that there are none.
    expect(tagsOf({ tags: 7, tagsList: 5 })).toBeUndefined();
    expect(tagsOf({ name: "x" })).toBeUndefined();
  });

  test("keep an empty value; a nameless one is none, and names that objects have are names", () => {
    const tagsList = [
      { name: "empty", value: "" },
      { name: "none" },
      { value: "x" },
      { name: "__proto__", value: "y" },
    ];
    const tags = tagsOf({ tagsList });
    expect(Object.entries(tags as object)).toEqual([
      ["empty", ""],
      ["none", ""],
      ["__proto__", "y"],
    ]);
    expect(withoutEmpty({ tags: { empty: "" }, other: { empty: "" } })).toEqual({ tags: { empty: "" } });
  });
});

test("what is said to be empty is null, and differs from what is not mentioned; unknown fields stay as sent", () => {
  const compute = { zone: "", host: { id: "" }, future: { deep: [1, { x: true }, ""], none: null } };
  expect(normal({ compute, later: "y" })).toEqual({
    compute: { zone: null, host: { id: null }, future: { deep: [1, { x: true }], none: null } },
    later: "y",
  });
  expect(withoutEmpty(normal({ compute, later: "y" }))).toEqual({
    compute: { future: { deep: [1, { x: true }] } },
    later: "y",
  });
});
