import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createAgent } from "@forewarn/agent";
import { startSimulator } from "@forewarn/imds-simulator";
import { defineSink, RejectError, Type } from "@forewarn/sdk";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Settings } from "../config/settings.ts";
import { checkState } from "./check-state.ts";
import { brief, findings, patientOf } from "./fixtures/patient.ts";

function temporaryDirectory(): string {
  const path = mkdtempSync(join(tmpdir(), "forewarn-doctor-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

async function look(path: string, maxBytes = 1000) {
  const settings = { state: { path, maxBytes } } as Settings;
  const patient = patientOf("http://127.0.0.1:9", { settings });
  return { patient, found: await findings(patient, checkState) };
}

describe("writing", () => {
  test("is tried, in the directory or where it would be made, and nothing is left behind", async () => {
    const home = temporaryDirectory();
    for (const path of [home, join(home, "not", "yet")]) {
      expect(brief((await look(path)).found)).toEqual([`ok: ${path} can be written by whoever runs this`]);
    }
    expect(readdirSync(home)).toEqual([]);
  });

  test.skipIf(process.platform !== "linux")("where nobody may, says so", async () => {
    const { found } = await look("/proc/forewarn/state");
    expect(found).toMatchObject([{ mark: "fail", cure: expect.stringContaining("state.path") }]);
    expect(brief(found)[0]).toMatch(
      /^fail: \/proc\/forewarn\/state cannot be written by whoever runs this: /,
    );
  });

  test("needs a directory", async () => {
    const path = join(temporaryDirectory(), "file");
    writeFileSync(path, "");
    expect(brief((await look(path)).found)[0]).toMatch(/^fail: .*\/file cannot be written .*ENOTDIR/);
  });

  test.skipIf(process.platform !== "linux" || process.getuid?.() !== 0)(
    "on a full disk fails, although the directory is writable",
    async ({ skip }) => {
      const path = temporaryDirectory();
      if (spawnSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", path]).status !== 0)
        skip("a tmpfs cannot be mounted here");
      onTestFinished(() => void execFileSync("umount", ["-l", path]));
      const { bavail, bsize } = statfsSync(path);
      writeFileSync(join(path, "filler"), Buffer.alloc(bavail * bsize));
      const { found } = await look(path);
      expect(brief(found)).toEqual([
        `fail: ${path} cannot be written: ENOSPC: no space left on device, write`,
      ]);
      expect(readdirSync(path)).toEqual(["filler"]);
    },
  );
});

test("less room than the outbox may grow by is a note", async () => {
  const path = temporaryDirectory();
  const { found } = await look(path, Number.MAX_SAFE_INTEGER);
  expect(found[1]).toMatchObject({ mark: "note", cure: expect.stringContaining("state.maxSize") });
  expect(found[1]?.text).toMatch(/^[\d.]+ MB are free for .*state\.maxSize: 9007199254\.7 MB\)$/);
});

describe("what is stored", () => {
  test("damaged: said, with the code; empty: nothing was ever stored, and nothing is amiss", async () => {
    const path = temporaryDirectory();
    writeFileSync(join(path, "outbox.db"), Buffer.alloc(8192, 0xab));
    const { found } = await look(path);
    expect(found[1]).toMatchObject({ mark: "fail", cure: "forewarn explain STATE_DAMAGED" });
    expect(found[1]?.text).toMatch(/outbox\.db is damaged .*start the agent/);
    writeFileSync(join(path, "outbox.db"), "");
    expect((await look(path)).found).toHaveLength(1);
  });

  test("dead letters that wait are counted, by sink", async () => {
    await using simulator = await startSimulator();
    simulator.schedule({ EventType: "Freeze" });
    const path = temporaryDirectory();
    const definition = defineSink({
      type: "test",
      summary: "Takes nothing.",
      options: Type.Object({}),
      when: { types: ["io.forewarn.scheduledevent.scheduled"] },
      open: () => ({ deliver: () => Promise.reject(new RejectError("answered 400")) }),
    });
    const agent = createAgent({
      imds: { endpoint: simulator.url },
      state: { path },
      sinks: ["audit", "ops"].map((name) => ({ name, definition })),
    });
    await agent.once(20_000);
    await agent.stop();
    const { found, patient } = await look(path);
    expect(brief(found)[1]).toBe("note: 2 dead letters wait for a person: audit 1, ops 1");
    expect(found[1]?.cure).toContain("forewarn dead-letters");
    expect(patient.stored?.running).toBe(false);
  });
});
