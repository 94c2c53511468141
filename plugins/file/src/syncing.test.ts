import { type FileHandle, open as openHandle } from "node:fs/promises";
import { renameSync } from "node:fs";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { deliver, idsOf, open, path, seconds, warnings } from "./fixtures/files.ts";

/** How often a file was synced to disk, whichever it was. */
let synced: () => number;

beforeEach(async () => {
  const handle = await openHandle("/dev/null");
  const spy = vi.spyOn(Object.getPrototypeOf(handle) as FileHandle, "datasync");
  await handle.close();
  synced = () => spy.mock.calls.length;
  return () => spy.mockRestore();
});

describe("always", () => {
  it("syncs each batch before it counts", async () => {
    const sink = await open();
    for (const [index, id] of ["0", "1", "2"].entries()) {
      await deliver(sink, id);
      expect(synced()).toBe(index + 1);
    }
  });
});

describe("never", () => {
  it("syncs nothing, neither at a rotation nor at the end", async () => {
    const sink = await open({ fsync: "never", rotateSize: "1B" });
    for (const id of ["0", "1", "2"]) await deliver(sink, id);
    await sink.close?.();
    expect(synced()).toBe(0);
    expect(idsOf()).toEqual(["2"]);
  });
});

describe("interval", () => {
  it("syncs once a second, and only after something was written", async () => {
    const sink = await open({ fsync: "interval" });
    for (const id of ["0", "1", "2"]) await deliver(sink, id);
    expect(synced()).toBe(0);
    await seconds(1);
    expect(synced()).toBe(1);
    await seconds(5);
    expect(synced()).toBe(1);
    await deliver(sink, "3");
    await seconds(1);
    expect(synced()).toBe(2);
  });

  it("syncs before a file is put away, closed, or left to another that took its place", async () => {
    const sink = await open({ fsync: "interval", rotateSize: "1B" });
    await deliver(sink, "0");
    await deliver(sink, "1");
    expect(synced()).toBe(1);
    renameSync(path, `${path}.1`);
    await deliver(sink, "2");
    expect(synced()).toBe(2);
    await sink.close?.();
    expect(synced()).toBe(3);
    await seconds(5);
    expect(synced()).toBe(3);
  });

  it("a failure is said, and the next second tries again", async () => {
    const handle = await openHandle("/dev/null");
    const prototype = Object.getPrototypeOf(handle) as FileHandle;
    await handle.close();
    const sink = await open({ fsync: "interval" });
    await deliver(sink, "0");
    vi.mocked(prototype.datasync).mockRejectedValueOnce(new Error("EIO: i/o error, fdatasync"));
    await seconds(1);
    expect(warnings).toEqual([
      [
        "the events of the last second may not survive a power loss: they could not be synced",
        { path, error: "Error: EIO: i/o error, fdatasync" },
      ],
    ]);
    await deliver(sink, "1");
    await seconds(1);
    expect(synced()).toBe(2);
    expect(idsOf()).toEqual(["0", "1"]);
  });
});
