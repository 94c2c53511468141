import { expect, test } from "vitest";
import { readSinkType } from "./sink-type.ts";

const packages = [
  ["webhook", "@forewarn/sink-webhook", "@forewarn/sink-webhook"],
  ["event-hubs", "@forewarn/sink-event-hubs", "@forewarn/sink-event-hubs"],
  ["@acme/pager", "@acme/pager", "@acme/pager"],
  ["@acme/pager/sms", "@acme/pager/sms", "@acme/pager"],
  ["acme/sinks/pager.js", "acme/sinks/pager.js", "acme"],
  ["forewarn-sink-pager", "forewarn-sink-pager", "forewarn-sink-pager"],
] as const;

test.each(packages)("%s is the package %s", (type, specifier, packageName) => {
  expect(readSinkType(type, "/etc/forewarn")).toEqual({ kind: "package", specifier, packageName });
});

test.each([
  ["./my-sink.ts", "/etc/forewarn/my-sink.ts"],
  ["../my-sink.ts", "/etc/my-sink.ts"],
  ["/opt/my-sink.js", "/opt/my-sink.js"],
  ["file:///opt/my%20sink.js", "/opt/my sink.js"],
])("%s is the file %s", (type, path) => {
  expect(readSinkType(type, "/etc/forewarn")).toMatchObject({ kind: "path", path });
});

test.each([
  ["my-sink.ts", "a path begins with ./ : write ./my-sink.ts"],
  ["Webhook", "did you mean webhook?"],
  ["web hook", "did you mean webhook?"],
  ["file:nowhere", "did you mean file?"],
  ["", "write a name such as"],
  ["@acme", "write a name"],
  ["-x", "write a name"],
])("%s is nothing, and the cure is said", (type, cure) => {
  expect(readSinkType(type, "/etc")).toMatchObject({
    finding: { code: "CONFIG_BAD_SINK_TYPE", suggestion: expect.stringContaining(cure) },
  });
});
