import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { deliver, directory, errorOf, idsOf, linesOf, open, path, textOf } from "./fixtures/files.ts";

const isRoot = process.getuid?.() === 0;

describe("what a person must mend is said with the path and the cure", () => {
  const failing = async (options: { readonly path?: string } = {}) => {
    const sink = await open(options);
    const error = await errorOf(deliver(sink, "1"));
    expect(error).toMatchObject({ code: "FOREWARN_MISCONFIGURED" });
    expect(await errorOf(sink.probe?.(AbortSignal.timeout(1000)))).toMatchObject({ message: error?.message });
    return error?.message;
  };

  it("a directory", async () => {
    mkdirSync(path);
    expect(await failing()).toBe(
      `cannot write ${path} (EISDIR): the path is a directory: choose a file in it`,
    );
  });

  it("a path below a file", async () => {
    writeFileSync(path, "");
    expect(await failing({ path: join(path, "below") })).toContain(
      `${join(path, "below")} (ENOTDIR): a part`,
    );
    expect(await failing({ path: join(path, "below", "it") })).toContain("(ENOTDIR): a part of the path");
  });

  it("a symbolic link that leads nowhere", async () => {
    symlinkSync(join(directory, "absent", "file"), path);
    expect(await failing()).toContain(`${path} (ENOENT): the path is a symbolic link that leads nowhere`);
  });

  it("what is no regular file", async () => {
    for (const place of ["/dev/null", "/dev/stdout", "/proc/self/fd/1"]) {
      await expect(open({ path: place })).rejects.toThrow(
        `option path: ${place} is no place for a file; write path: "-" for standard output`,
      );
    }
  });

  it("a directory that others own", async () => {
    await deliver(await open(), "0");
    chmodSync(path, 0o400);
    chmodSync(directory, 0o500);
    // Root may write anywhere: it becomes nobody for a moment.
    if (isRoot) process.seteuid?.(65_534);
    try {
      expect(await failing()).toContain(`${path} (EACCES): let the agent's user write there`);
    } finally {
      if (isRoot) process.seteuid?.(0);
      chmodSync(directory, 0o700);
    }
  });
});

/** A file system of a few kilobytes, or nothing where none can be mounted. */
function mountTiny(): (() => void) | undefined {
  const { status } = spawnSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", directory]);
  return status === 0 ? () => void spawnSync("umount", ["-l", directory]) : undefined;
}

describe("a full disk", () => {
  it("is tried again, loses nothing, and leaves every later line whole", async ({ skip }) => {
    const unmount = mountTiny();
    if (unmount === undefined) skip("needs root and tmpfs: ENOSPC was not tested here");
    try {
      const filler = join(directory, "filler");
      const sink = await open();
      await deliver(sink, "0");
      writeFileSync(filler, Buffer.alloc(48 * 1024));
      const ids = Array.from({ length: 400 }, (_, index) => String(index + 1));
      for (let attempt = 0; attempt < 2; attempt += 1) {
        expect(await errorOf(deliver(sink, ...ids))).toMatchObject({
          code: "FOREWARN_RETRY",
          status: "ENOSPC",
          message: expect.stringContaining(path) as string,
        });
      }
      expect(readFileSync(path, "utf8").endsWith("\n")).toBe(false);
      rmSync(filler);
      await deliver(sink, ...ids);
      const lines = linesOf().slice(0, -1);
      const wanted = [textOf("0"), ...ids.map(textOf)];
      const torn = lines.filter((line) => !wanted.includes(line));
      expect(torn).toHaveLength(1);
      expect(wanted.some((line) => line.startsWith(torn[0] ?? "?"))).toBe(true);
      expect(lines.slice(-ids.length)).toEqual(ids.map(textOf));
    } finally {
      unmount?.();
    }
  });

  it("a read-only file system needs a person", async ({ skip }) => {
    const unmount = mountTiny();
    if (unmount === undefined) skip("needs root and tmpfs: EROFS was not tested here");
    try {
      const sink = await open();
      await deliver(sink, "1");
      await sink.close?.();
      spawnSync("mount", ["-o", "remount,ro", directory]);
      expect(await errorOf(deliver(sink, "2"))).toMatchObject({
        code: "FOREWARN_MISCONFIGURED",
        status: "EROFS",
      });
      spawnSync("mount", ["-o", "remount,rw", directory]);
      await deliver(sink, "2");
      expect(idsOf()).toEqual(["1", "2"]);
    } finally {
      unmount?.();
    }
  });
});
