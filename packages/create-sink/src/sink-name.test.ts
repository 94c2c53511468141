import { expect, test } from "vitest";
import { packageNameOf, readSinkName } from "./sink-name.ts";

test.each([
  ["forewarn-sink-pager", "pager"],
  ["forewarn-sink-my-sink", "my-sink"],
  ["@acme/c3p-0", "c3p-0"],
  ["@acme/pager", "pager"],
  ["@acme/forewarn-sink-pager", "pager"],
  ["@acme/sink-pager", "pager"],
  ["@a.b_c/pager", "pager"],
])("%s is the sink %s", (packageName, type) => {
  expect(readSinkName(packageName)).toEqual({ packageName, type });
});

test.each([
  ["pager", "forewarn-sink-pager"],
  ["my-sink", "forewarn-sink-my-sink"],
  ["forewarn-sink-pager", "forewarn-sink-pager"],
  ["sink-pager", "forewarn-sink-pager"],
])("a directory %s holds %s", (directory, packageName) => {
  expect(packageNameOf(directory)).toBe(packageName);
});

test.each([
  ["forewarn-sink-My Sink", "forewarn-sink-my-sink"],
  ["@acme/Pager", "@acme/pager"],
  ["@acme/pa_ger", "@acme/pa-ger"],
  ["@acme/.pager", "@acme/pager"],
  ["@acme/pager-", "@acme/pager"],
  ["forewarn-sink-3cx", "a letter first, such as forewarn-sink-pager or @acme/pager"],
  ["forewarn-sink-my--sink", "forewarn-sink-my-sink"],
  ["@Acme/pager", "such as forewarn-sink-pager"],
  ["@acme/forewarn-sink-", "forewarn-sink-pager or @acme/pager"],
  ["forewarn-sink-", "forewarn-sink-pager or @acme/pager"],
  ["@acme/", "forewarn-sink-pager or @acme/pager"],
  ["", "forewarn-sink-pager or @acme/pager"],
  ["../pager", "such as forewarn-sink-pager"],
  ["@acme/pager/sms", "such as @acme/sms"],
  ["pager", "--name forewarn-sink-pager or --name @you/pager"],
  ["sink-pager", "--name forewarn-sink-pager or --name @you/pager"],
  [`@acme/${"x".repeat(209)}`, "215 characters: npm takes 214"],
])("%j is refused with a cure: %s", (name, cure) => {
  expect(() => readSinkName(name)).toThrow(cure);
});
