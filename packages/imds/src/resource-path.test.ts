import { expect, test } from "vitest";
import { readResourcePath } from "./resource-path.ts";

test.each([
  ["instance", "/metadata/instance", "instance"],
  ["/metadata/instance/compute/tagsList", "/metadata/instance/compute/tagsList", "instance"],
  ["metadata/versions", "/metadata/versions", "versions"],
  ["instance/network/interface/0/", "/metadata/instance/network/interface/0", "instance"],
  ["scheduledevents", "/metadata/scheduledevents", "scheduledEvents"],
  ["attested/document", "/metadata/attested/document", "attested"],
  ["identity/oauth2/token", "/metadata/identity/oauth2/token", "identity"],
  ["loadbalancer", "/metadata/loadbalancer", "loadBalancer"],
  ["metadataextra/x", "/metadata/metadataextra/x", "instance"],
])("%s is %s", (written, path, family) => {
  expect(readResourcePath(written)).toMatchObject({ path, family });
});

test("a query may stand behind it", () => {
  const { path, query } = readResourcePath("instance/compute/name?format=text&api-version=2021-02-01");
  expect(path).toBe("/metadata/instance/compute/name");
  expect(Object.fromEntries(query)).toEqual({ format: "text", "api-version": "2021-02-01" });
});

test.each([
  "",
  "/",
  "metadata",
  "instance/../identity",
  "./instance",
  "instance//compute",
  "instance%3Fa=b",
  "instance/a b",
  "http://other.example/metadata",
  "instance\\compute",
  "instance#x",
  "instance/\n",
])("%j is no path", (written) => {
  expect(() => readResourcePath(written)).toThrow(expect.objectContaining({ code: "invalid-argument" }));
});
