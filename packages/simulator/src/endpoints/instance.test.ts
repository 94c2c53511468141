import * as fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";

import type { Simulator } from "../simulator-api.ts";
import { startSimulator } from "../start-simulator.ts";
import { ask } from "../testing/ask.ts";
import { instanceDocument } from "../vm/instance-document.ts";
import type { InstanceNode } from "../vm/instance-document.ts";
import { defaultVm } from "../vm/vm-description.ts";
import { instanceEndpoint } from "./instance.ts";

let simulator: Simulator;
beforeAll(async () => void (simulator = await startSimulator()));
afterAll(() => simulator.close());

function get(path: string, format = "") {
  return ask(simulator, `/metadata/instance${path}?api-version=2025-04-07${format && `&format=${format}`}`);
}

test("the whole document", async () => {
  const answer = await get("");
  expect(answer).toMatchObject({ status: 200, json: instanceDocument(defaultVm) });
  expect(Object.keys(answer.json as object)).toEqual(["compute", "network"]);
  expect((await get("", "json")).text).toBe(answer.text);
});

test("objects and arrays below it", async () => {
  expect((await get("/compute/osProfile")).json).toMatchObject({ computerName: "web-01" });
  expect((await get("/network/interface")).json).toHaveLength(1);
  expect((await get("/network/interface/0/ipv4/ipAddress/0")).json).toEqual({
    privateIpAddress: "10.1.0.4",
    publicIpAddress: "203.0.113.10",
  });
  expect((await get("/compute/storageProfile/dataDisks")).json).toEqual([]);
});

test("tags as a list and as text say the same", async () => {
  expect((await get("/compute/tagsList")).json).toEqual([
    { name: "env", value: "prod" },
    { name: "owner", value: "team-a" },
  ]);
  expect((await get("/compute/tags", "text")).text).toBe("env:prod;owner:team-a");
});

test("a leaf is text only", async () => {
  const answer = await get("/compute/name", "text");
  expect(answer).toMatchObject({ status: 200, text: "web-01" });
  expect(answer.headers.get("content-type")).toBe("text/plain; charset=utf-8");
  expect(await get("/compute/userData", "text")).toMatchObject({ status: 200, text: "" });
  for (const format of ["", "json"])
    expect(await get("/compute/name", format)).toMatchObject({
      status: 400,
      json: { error: expect.stringMatching(/^Bad request\./) },
    });
});

test("text of an object or an array lists what is below", async () => {
  expect((await get("", "text")).text).toBe("compute/\nnetwork/");
  expect((await get("/compute/osProfile", "text")).text).toBe(
    "adminUsername\ncomputerName\ndisablePasswordAuthentication",
  );
  expect((await get("/network/interface", "text")).text).toBe("0/");
});

test.each([
  "/nothing",
  "/compute/nothing",
  "/compute/name/first",
  "/compute/Name",
  "/compute//name",
  "/compute/__proto__",
  "/compute/constructor",
  "/compute/tagsList/length",
  "/network/interface/1",
  "/network/interface/00",
  "/network/interface/-1",
])("%s is not found", async (path) => {
  expect(await get(path, "text")).toMatchObject({ status: 404 });
});

test("an unknown format is refused", async () => {
  expect(await get("", "xml")).toMatchObject({ status: 400 });
});

const document = instanceDocument(defaultVm);

/** Every path of the document with what stands there, the root included. */
function paths(
  node: InstanceNode,
  path: readonly string[] = [],
): (readonly [readonly string[], InstanceNode])[] {
  const below = typeof node === "string" ? [] : Object.entries(node);
  return [[path, node], ...below.flatMap(([key, child]) => paths(child, [...path, key]))];
}

function answerAt(segments: readonly string[]) {
  const parameters = new Map([["format", "text"]]);
  const request = { method: "GET", segments, parameters, apiVersion: "2025-04-07", body: "", host: "" };
  const answer = instanceEndpoint([], () => document).answer(request);
  if (answer instanceof Promise) throw new TypeError("an instance document needs no waiting");
  return answer;
}

test("every path can be asked, down to each leaf", () => {
  const leaves = paths(document).filter(([, node]) => typeof node === "string");
  expect(leaves.length).toBeGreaterThan(70);
  expect(paths(document).filter(([path]) => answerAt(path).status !== 200)).toEqual([]);
  expect(leaves.filter(([path, leaf]) => answerAt(path).body !== leaf)).toEqual([]);
});

test("no path makes it throw", () => {
  const known = paths(document).flatMap(([path]) => path);
  const segment = fc.oneof(fc.string(), fc.constantFrom(...known));
  fc.assert(
    fc.property(fc.array(segment), (path) => {
      expect([200, 404]).toContain(answerAt(path).status);
    }),
  );
});

test("an older version knows nothing of younger fields, neither in the document nor by path", async () => {
  const asked = (path: string) =>
    ask(simulator, `/metadata/instance${path}?api-version=2019-06-01&format=text`);
  expect((await asked("/compute")).text.split("\n")).not.toContain("tagsList/");
  expect(await asked("/compute/osProfile/computerName")).toMatchObject({ status: 404 });
  expect(await asked("/compute/tags")).toMatchObject({ status: 200, text: "env:prod;owner:team-a" });
});
