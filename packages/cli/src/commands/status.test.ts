import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { told } from "../fixtures/told.ts";
import { history } from "./history.ts";
import { status } from "./status.ts";

/** A configuration without an admin server, and its state directory with an outbox file of this content. */
function placeWith(outbox: string | Buffer | null): { readonly file: string; readonly state: string } {
  const directory = mkdtempSync(join(tmpdir(), "forewarn-status-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
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
