import { expect, test } from "vitest";
import { loadPlace } from "./place.ts";

const file = "/etc/forewarn/forewarn.yaml";

const everything = { redact: [], tags: { include: ["*"], exclude: [] } };

function load(text: string | null, named?: string) {
  return loadPlace(named, {
    env: {},
    cwd: "/srv",
    platform: "linux",
    readFile: (path) =>
      text !== null && path === file
        ? Promise.resolve(text)
        : Promise.reject(Object.assign(new Error("none"), { code: "ENOENT" })),
  });
}

test("no configuration: the defaults; one that was named must be there", async () => {
  const usual = { host: "127.0.0.1", port: 4690 };
  expect(await load(null)).toEqual({
    ok: true,
    file: null,
    admin: usual,
    statePath: "/var/lib/forewarn",
    sinks: null,
    metadata: everything,
  });
  expect(await load(null, "mine.yaml")).toMatchObject({
    ok: false,
    problems: [{ code: "CONFIG_NOT_FOUND" }],
  });
});

test("what is wrong elsewhere, and secrets that only the agent has, do not matter", async () => {
  const text = `
state: { path: here }
admin: { listen: "[::1]:5000" }
sinks:
  hook: { type: webhook, options: { url: "\${env:NOT_HERE}" }, what: ever }
`;
  expect(await load(text)).toEqual({
    ok: true,
    file,
    admin: { host: "::1", port: 5000 },
    statePath: "/srv/here",
    endpoint: "http://169.254.169.254",
    sinks: ["hook"],
    metadata: everything,
  });
  expect(await load("admin: off\nlog: { level: loud }\n")).toMatchObject({ ok: true, admin: false });
});

test.each([
  ["admin: { listen: 4690 }", "/admin/listen"],
  ["admin: { listen: 127.0.0.1:99999 }", "/admin/listen"],
  ["state: { path: '${env:NOT_HERE}' }", "/state/path"],
  ["admin: [", ""],
])("%s is told", async (text, path) => {
  const place = await load(`${text}\n`);
  expect(place).toMatchObject({ ok: false });
  expect(place.ok ? [] : place.problems.map((problem) => problem.path)).toContain(path);
});

test.each([
  [
    "{ redact: [/compute/osProfile], tags: { exclude: [internal-*] } }",
    { redact: ["/compute/osProfile"], tags: { include: ["*"], exclude: ["internal-*"] } },
  ],
  ["{ redact: /compute/osProfile }", null],
  ["{ tags: { exclude: internal-* } }", null],
  ["none", null],
])("what may be told of the VM: %s", async (metadata, rules) => {
  expect(await load(`metadata: ${metadata}\n`)).toMatchObject({ ok: true, metadata: rules });
});
