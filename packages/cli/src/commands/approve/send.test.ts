import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { send } from "./send.ts";

const isRoot = process.getuid?.() === 0;
let place: string;

beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), "forewarn-send-"));
  mkdirSync(join(place, "state"));
  writeFileSync(join(place, "state", "outbox.db"), "");
});

afterEach(() => {
  process.seteuid?.(process.getuid?.() ?? 0);
  for (const name of [".", "state"]) chmodSync(join(place, name), 0o700);
  rmSync(place, { recursive: true });
});

describe.skipIf(process.platform === "win32")("a state directory that this user may not see", () => {
  test.each([
    ["itself", { ".": 0o755, state: 0o000 }],
    ["since one above it is closed", { ".": 0o000 }],
  ])("%s is one all the same: Azure is not asked behind its agent's back", async (_, modes) => {
    const startRequests = vi.fn<() => Promise<void>>(() => Promise.resolve());
    for (const [name, mode] of Object.entries(modes).toReversed()) chmodSync(join(place, name), mode);
    if (isRoot) process.seteuid?.(65_534);
    const sent = send({
      eventId: "A",
      shared: false,
      statePath: join(place, "state"),
      client: { startRequests },
      endpoint: undefined,
    });
    await expect(sent).rejects.toMatchObject({ code: "STATE_NOT_READABLE" });
    expect(startRequests).not.toHaveBeenCalled();
  });
});
