import { expect, test } from "vitest";
import { loadConfig } from "./load.ts";
import { renderProblems } from "./problems/render.ts";
import { readConfig } from "./read.ts";

const text = "sinks: { audit: { type: nobody-knows, options: { path: a } } }\n";

function reading(files: Readonly<Record<string, string | Error>>) {
  return (path: string) => {
    const found = files[path];
    if (typeof found === "string") return Promise.resolve(found);
    return Promise.reject(found ?? Object.assign(new Error(path), { code: "ENOENT" }));
  };
}

const host = { cwd: "/srv", platform: "linux", env: {} } as const;

test("a configuration is loaded without its sinks being looked at", async () => {
  const loaded = await loadConfig({ path: "x.yaml", text }, host);
  expect(loaded).toMatchObject({ ok: true, file: "/srv/x.yaml", config: { state: { maxSize: "1GB" } } });
});

test("without a name ./forewarn.yaml is taken, then /etc/forewarn/forewarn.yaml", async () => {
  const both = reading({ "/srv/forewarn.yaml": text, "/etc/forewarn/forewarn.yaml": "log: 5" });
  expect(await loadConfig(undefined, { ...host, readFile: both })).toMatchObject({
    file: "/srv/forewarn.yaml",
  });
  const one = reading({ "/etc/forewarn/forewarn.yaml": text });
  expect(await loadConfig(undefined, { ...host, readFile: one })).toMatchObject({
    file: "/etc/forewarn/forewarn.yaml",
  });
});

test("says what was tried where there is none", async () => {
  const result = await readConfig({ ...host, readFile: reading({}) });
  expect(result.ok ? "" : renderProblems(result.problems, result.excerpt)).toBe(
    `forewarn.yaml error CONFIG_NOT_FOUND: there is no configuration: tried forewarn.yaml and /etc/forewarn/forewarn.yaml
  help: name one with -c FILE, make one with \`forewarn init\`, or set FOREWARN_SLACK_WEBHOOK_URL, which needs none

1 problem in forewarn.yaml
`,
  );
});

test("on Windows %ProgramData% is looked in", async () => {
  const tried: string[] = [];
  const readFile = (path: string) => {
    tried.push(path);
    return reading({})(path);
  };
  const env = { ProgramData: "D:\\Data" };
  const result = await loadConfig(undefined, { cwd: "/srv", platform: "win32", env, readFile });
  expect(tried).toHaveLength(2);
  expect(result).toMatchObject({
    problems: [{ message: expect.stringContaining("D:\\Data\\forewarn\\forewarn.yaml") }],
  });
});

test("a file that may not be read is not passed over for another", async () => {
  const denied = Object.assign(new Error("no"), { code: "EACCES" });
  const readFile = reading({ "/srv/forewarn.yaml": denied, "/etc/forewarn/forewarn.yaml": text });
  expect(await loadConfig(undefined, { ...host, readFile })).toMatchObject({
    ok: false,
    problems: [
      { code: "CONFIG_NOT_FOUND", file: "forewarn.yaml", message: "it cannot be read: permission denied" },
    ],
  });
});

test("the file is named as it was asked for", async () => {
  expect(await loadConfig("conf/a.yaml", { ...host, readFile: reading({}) })).toMatchObject({
    problems: [{ file: "conf/a.yaml", message: "there is no such file" }],
  });
});

test("secrets stay hidden where sinks are not looked at", async () => {
  const secret =
    "sinks:\n  a:\n    type: file\n    options: { token: hunter2, url: '${env:X}' }\n    colour: red\n";
  const result = await loadConfig({ path: "x.yaml", text: secret }, host);
  const shown = result.ok ? "" : renderProblems(result.problems, result.excerpt);
  expect(shown).toContain("url: '${env:X}'");
  expect(shown).toContain('what the sink itself understands goes inside "options"');
  expect(shown).not.toContain("hunter2");
});
