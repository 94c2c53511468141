import * as fc from "fast-check";
import { expect, expectTypeOf, test } from "vitest";
import { shownOf, thrownBy } from "./fixtures/failures.ts";
import samples from "./fixtures/instances.json" with { type: "json" };
import { type InstanceDocument, parseInstance } from "./instance.ts";

const parse = (value: unknown): InstanceDocument => parseInstance(JSON.stringify(value));

test.each(["twoNics", "version2017", "specification"] as const)("%s is read as sent", (name) => {
  expect(parse(samples[name])).toEqual(samples[name]);
});

test("its fields have types, every one of them optional", () => {
  const { compute, network } = parse(samples.twoNics);
  expectTypeOf(compute?.name).toEqualTypeOf<string | undefined>();
  expectTypeOf(compute?.tagsList).toEqualTypeOf<
    readonly { readonly name?: string; readonly value?: string }[] | undefined
  >();
  expect(compute?.name).toBe("two-nic");
  expect(compute?.storageProfile?.osDisk?.managedDisk?.storageAccountType).toBe("Premium_LRS");
  expect(network?.interface?.[0]?.ipv4?.ipAddress?.[0]?.privateIpAddress).toBe("10.2.0.7");
});

test("unknown fields stay, and numbers become the strings Azure sends elsewhere", () => {
  const document = parse({
    compute: { vmId: 7, future: { x: 1 }, platformFaultDomain: 0, priority: true },
    new: 1,
  });
  expect(document).toEqual({
    compute: { vmId: "7", future: { x: 1 }, platformFaultDomain: "0", priority: "true" },
    new: 1,
  });
});

test("a field of another kind is left out, so that the type holds", () => {
  const compute = { name: {}, tagsList: "a:b", zone: null, osProfile: [], publicKeys: [1, { path: "p" }] };
  expect(parse({ compute, network: { interface: {} } })).toEqual({
    compute: { publicKeys: [{ path: "p" }] },
    network: {},
  });
});

test("classic VMs have a network only", () => {
  expect(parse({ network: samples.twoNics.network }).compute).toBeUndefined();
});

test("control characters in a tag do no harm", () => {
  expect(parseInstance('{"compute":{"tags":"a:b\nc"}}').compute?.tags).toBe("a:b\nc");
});

test("half a character in a tag is U+FFFD, since strict readers of JSON refuse a lone surrogate", () => {
  const document = parseInstance(String.raw`{"compute":{"tagsList":[{"name":"a\ud800","value":"\udc00"}]}}`);
  expect(document.compute?.tagsList).toEqual([{ name: "a\uFFFD", value: "\uFFFD" }]);
});

test.each([{}, { compute: null }, { compute: "x", network: [] }, [], "ami-id", 5])(
  "%j is no instance document",
  (value) => {
    expect(() => parse(value)).toThrow(expect.objectContaining({ code: "wrong-shape", retryable: false }));
  },
);

test("no error shows any part of an instance document: it may hold user data", () => {
  for (const text of ['{"userData":"c2VjcmV0"}', '{"compute":{"userData":"c2VjcmV0']) {
    const error = thrownBy(() => parseInstance(text));
    expect(error?.code).toMatch(/wrong-shape|not-json/);
    expect(shownOf(error)).not.toContain("c2VjcmV0");
  }
});

test("no value of JSON throws anything but an ImdsError", () => {
  const fields = fc.constantFrom(
    "compute",
    "network",
    "interface",
    "ipv4",
    "ipAddress",
    "tagsList",
    "name",
    "__proto__",
  );
  const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
    tree: fc.oneof(
      { depthSize: "small" },
      fc.jsonValue(),
      fc.dictionary(fields, tie("tree")),
      fc.array(tie("tree")),
    ),
  }));
  fc.assert(
    fc.property(tree, (value) => {
      let document: InstanceDocument = {};
      thrownBy(() => (document = parse(value)));
      expect(typeof (document.compute?.name ?? "")).toBe("string");
      expect(Array.isArray(document.network?.interface ?? [])).toBe(true);
    }),
  );
});
