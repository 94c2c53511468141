import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { createAgent } from "@forewarn/agent";
import { startSimulator } from "@forewarn/imds-simulator";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Settings } from "../config/settings.ts";
import { checkAgent } from "../doctor/check-agent.ts";
import { brief, findings, patientOf } from "../doctor/fixtures/patient.ts";
import { told } from "../fixtures/told.ts";
import { history } from "./history.ts";
import { status } from "./status.ts";

function temporaryDirectory(): string {
  const path = mkdtempSync(join(tmpdir(), "forewarn-status-"));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

/** A configuration without an admin server, and its state directory with an outbox file of this content. */
function placeWith(outbox: string | Buffer | null): { readonly file: string; readonly state: string } {
  const directory = temporaryDirectory();
  const state = join(directory, "state");
  mkdirSync(state);
  if (outbox !== null) writeFileSync(join(state, "outbox.db"), outbox);
  const file = join(directory, "forewarn.yaml");
  writeFileSync(file, `state: { path: ${state} }\nadmin: off\nsinks: {}\n`);
  return { file, state };
}

describe("a state directory that tells nothing, in the words of the history", () => {
  test.each([
    ["no outbox", null, "STATE_MISSING"],
    ["an empty one", "", "STATE_MISSING"],
    ["a damaged one", Buffer.alloc(8192, 0xab), "STATE_DAMAGED"],
  ])("%s", async (_, outbox, code) => {
    const { file, state } = placeWith(outbox);
    const [shown, past] = [await told(status, ["-c", file]), await told(history, ["-c", file])];
    expect(shown).toEqual({
      code: 3,
      stdout: "",
      stderr: `forewarn status: admin is off in ${file}\n${past.stderr.replace("history", "status")}`,
    });
    const json = await told(status, ["-c", file, "--json"]);
    expect(JSON.parse(json.stdout)).toEqual({
      running: null,
      error: `admin is off in ${file}`,
      state,
      stateError: { code, message: expect.stringContaining(state) },
    });
  });
});

test("a sink that has a place and that the configuration does not name is marked", async () => {
  const { file, state } = placeWith(null);
  await createAgent({ state: { path: state }, admin: false, sinks: [] }).stop();
  const database = new DatabaseSync(join(state, "outbox.db"));
  database.exec("INSERT INTO subscription (sink, position) VALUES ('old', 0), ('ops', 0)");
  database.close();
  writeFileSync(file, `state: { path: ${state} }\nadmin: off\nsinks: { ops: { type: file } }\n`);
  const { stdout } = await told(status, ["-c", file]);
  expect(stdout.split("\n").filter((line) => line.includes("configuration"))).toEqual([
    "old: not in the configuration; its place is kept until it is put back",
  ]);
  expect(JSON.parse((await told(status, ["-c", file, "--json"])).stdout)).toMatchObject({
    sinks: [
      { name: "old", configured: false },
      { name: "ops", configured: true },
    ],
  });
});

describe("the agent that answers", () => {
  /** An agent at work, which is asked by configurations of any state directory. */
  async function runningAgent() {
    const directory = temporaryDirectory();
    const state = join(directory, "state");
    const simulator = await startSimulator();
    const listening = Promise.withResolvers<string>();
    const info = (message: string) => {
      const [url] = /http:\S+$/.exec(message) ?? [];
      if (url !== undefined) listening.resolve(url);
    };
    const quiet = () => {};
    const agent = createAgent(
      {
        imds: { endpoint: simulator.url },
        state: { path: state },
        admin: { host: "127.0.0.1", port: 0 },
        sinks: [],
      },
      { log: { debug: quiet, info, warn: quiet, error: quiet } },
    );
    agent.start();
    onTestFinished(async () => {
      await agent.stop();
      await simulator.close();
    });
    const url = await listening.promise;
    const asked = (path: string, ...line: readonly string[]) => {
      const file = join(directory, "forewarn.yaml");
      const listen = url.replace("http://", "");
      writeFileSync(file, `state: { path: ${path} }\nadmin: { listen: "${listen}" }\nsinks: {}\n`);
      return told(status, ["-c", file, ...line]);
    };
    const examined = (path: string) => {
      const settings = { state: { path } } as Settings;
      return findings(patientOf(simulator.url, { settings, adminUrl: url }), checkAgent);
    };
    return { directory, state, url, asked, examined };
  }

  test("is the one that was meant, also where its state is found by another way", async () => {
    const { directory, state, url, asked, examined } = await runningAgent();
    const link = join(directory, "link");
    symlinkSync(state, link);
    for (const path of [state, link]) {
      expect((await asked(path)).stdout).toContain(`\noutbox  on disk in ${state}, `);
      expect(brief(await examined(path))[0]).not.toContain("another one");
    }
    expect((await told(status, ["--admin", url])).stdout).toContain(state);
  });

  test("is another one: said, with where that one is, and the one that was meant does not run", async () => {
    const { directory, state, url, asked, examined } = await runningAgent();
    const other = join(directory, "other");
    const told = `the agent that answers at ${url} is another one: it keeps its state in ${state}, the one that is meant in ${other}`;
    const cure = `give each agent an admin.listen of its own; forewarn status --admin ${url} shows that one`;
    const { code, stdout, stderr } = await asked(other);
    expect([code, stdout]).toEqual([3, ""]);
    expect(stderr).toMatch(
      /^forewarn status: the agent .*\n {2}help: .*\nforewarn status: there is no outbox in /,
    );
    expect(stderr).toContain(`${told}\n  help: ${cure}\n`);
    expect(JSON.parse((await asked(other, "--json")).stdout)).toMatchObject({ running: null, error: told });
    expect(await examined(other)).toEqual([
      { check: "agent", mark: "note", text: `No agent runs here: ${told}`, cure },
    ]);
  });
});
