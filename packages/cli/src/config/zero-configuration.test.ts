import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { userStatePath } from "./default-path.ts";
import { slackAlone } from "./fixtures/slack-alone.ts";
import { loadConfig } from "./load.ts";
import { loadPlace } from "./place.ts";
import { warningText } from "./problems/warning.ts";
import { readConfig } from "./read.ts";
import type { Host } from "./source.ts";

const place = mkdtempSync(join(tmpdir(), "forewarn-zero-"));
afterAll(() => rmSync(place, { recursive: true, force: true }));

const absent = () => Promise.reject(Object.assign(new Error("ENOENT"), { code: "ENOENT" }));
const host = (env: Host["env"], more: Partial<Host> = {}): Partial<Host> => ({
  env,
  cwd: place,
  home: "/home/ann",
  isRoot: false,
  platform: "linux",
  readFile: absent,
  ...more,
});
const url = "https://hooks.slack.com/services/T0/B0/x";

test("a Slack URL in the environment is one Slack sink, with state where the user's is", async () => {
  const env = { FOREWARN_SLACK_WEBHOOK_URL: url };
  const read = await readConfig({ ...host(env), importer: slackAlone });
  if (!read.ok) throw new Error(read.problems.map(({ message }) => message).join("; "));
  const { settings } = read;
  expect(settings.sinks.map(({ name, type, options }) => [name, type, options["url"]])).toEqual([
    ["slack", "slack", url],
  ]);
  expect(settings.sinks[0]?.secrets).toContain(url);
  expect(settings.state.path).toBe("/home/ann/.local/state/forewarn");
  expect(settings.file).toBe("the environment (FOREWARN_SLACK_WEBHOOK_URL)");
  expect(settings.variables).toEqual(["FOREWARN_SLACK_WEBHOOK_URL"]);
  expect(settings.warnings.map(warningText)).toEqual([]);
});

test("a webhook, with its secret; both; and where IMDS is", async () => {
  const env = {
    FOREWARN_SLACK_WEBHOOK_URL: url,
    FOREWARN_WEBHOOK_URL: "https://example.com/${x}",
    FOREWARN_WEBHOOK_SECRET: "whsec_MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0",
    FOREWARN_IMDS_ENDPOINT: "http://127.0.0.1:8080",
  };
  const read = await loadConfig(undefined, host(env));
  expect(read).toMatchObject({
    ok: true,
    config: {
      imds: { endpoint: "http://127.0.0.1:8080" },
      sinks: {
        slack: { options: { url } },
        webhook: { options: { url: env.FOREWARN_WEBHOOK_URL, secret: env.FOREWARN_WEBHOOK_SECRET } },
      },
    },
  });
});

test("a file wins, as does a named one that is not there; an empty variable is none", async () => {
  const env = { FOREWARN_SLACK_WEBHOOK_URL: url };
  const readFile = () => Promise.resolve("sinks: { audit: { type: file, options: { path: a } } }");
  expect(await loadConfig(undefined, host(env, { readFile }))).toMatchObject({
    config: { sinks: { audit: { type: "file" } } },
  });
  expect(await loadConfig("x.yaml", host(env))).toMatchObject({ ok: false });
  const none = await loadConfig(undefined, host({ FOREWARN_SLACK_WEBHOOK_URL: "" }));
  expect(none).toMatchObject({ ok: false, problems: [{ code: "CONFIG_NOT_FOUND" }] });
});

describe("where its state is", () => {
  const user = { platform: "linux", env: {}, home: "/home/ann", isRoot: false } as const;
  test.each<[Partial<Parameters<typeof userStatePath>[0]>, string]>([
    [{}, "/home/ann/.local/state/forewarn"],
    [{ env: { XDG_STATE_HOME: "/data/state" } }, "/data/state/forewarn"],
    [{ env: { XDG_STATE_HOME: "relative" } }, "/home/ann/.local/state/forewarn"],
    [{ env: { XDG_STATE_HOME: "" } }, "/home/ann/.local/state/forewarn"],
    [{ isRoot: true }, "/var/lib/forewarn"],
    [{ env: { STATE_DIRECTORY: "/var/lib/private/forewarn:/x" } }, "/var/lib/private/forewarn"],
    [{ platform: "win32", env: { ProgramData: "D:\\Data" } }, "D:\\Data\\forewarn"],
  ])("%j: %s", (about, path) => {
    expect(userStatePath({ ...user, ...about })).toBe(path);
  });

  test("commands that ask for the state find it without the variable", async () => {
    const home = join(place, "ann");
    const own = join(home, ".local/state/forewarn");
    expect(await loadPlace(undefined, host({}, { home }))).toMatchObject({ statePath: "/var/lib/forewarn" });
    mkdirSync(own, { recursive: true });
    writeFileSync(join(own, "outbox.db"), "");
    expect(await loadPlace(undefined, host({}, { home }))).toMatchObject({ statePath: own });
  });
});
