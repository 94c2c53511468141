import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { createAgent } from "@forewarn/agent";
import { startSimulator } from "@forewarn/imds-simulator";
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
      wish: { eventId: "A", shared: false },
      statePath: join(place, "state"),
      client: { startRequests },
      endpoint: "http://127.0.0.1:9",
      metadata: {},
    });
    await expect(sent).rejects.toMatchObject({ code: "STATE_NOT_READABLE" });
    expect(startRequests).not.toHaveBeenCalled();
  });
});

test("who kept the state directory and is gone was no agent: the command takes the place itself", async () => {
  await using simulator = await startSimulator();
  const eventIds = ["A", "B"].map((EventId) => simulator.schedule({ EventType: "Reboot", EventId }).EventId);
  const [first = "", second = ""] = eventIds;
  rmSync(join(place, "state", "outbox.db"));
  const startRequests = () => Promise.reject(new Error("not directly"));
  const sending = {
    statePath: join(place, "state"),
    client: { startRequests },
    endpoint: simulator.url,
    metadata: {},
  };
  const agent = createAgent({
    state: { path: sending.statePath },
    imds: { endpoint: simulator.url },
    sinks: [],
  });
  await agent.approve({ eventId: first, shared: false });
  await agent.stop();
  using holder = new DatabaseSync(join(sending.statePath, "agent.lock"));
  holder.exec("BEGIN EXCLUSIVE");
  const sent = send({ ...sending, wish: { eventId: second, shared: false }, turnMs: 1 });
  await new Promise((resolve) => setTimeout(resolve, 20));
  holder.exec("ROLLBACK");
  expect(await sent).toEqual({ way: "alone", answer: { outcome: "approved", message: "" } });
});
