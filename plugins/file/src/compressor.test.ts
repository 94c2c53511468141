import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { createCompressor } from "./compressor.ts";
import { deliver, directory, idsOf, open, path, textOf, warnings } from "./fixtures/files.ts";
import { rotatedFiles } from "./rotation.ts";

const rotating = { rotateSize: "1B", gzip: true } as const;
const names = () => readdirSync(directory).sort();
const stamped = (day: number) => `${path}.2026-11-${String(day).padStart(2, "0")}T00-00-00.000Z`;

/** Waits until something is so; the work is done in the background. */
async function eventually(isSo: () => boolean): Promise<void> {
  const until = performance.now() + 10_000;
  while (!isSo() && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(isSo(), names().join(" ")).toBe(true);
}

const isAllCompressed = () => names().every((name) => name === "events.ndjson" || name.endsWith("Z.gz"));

/** What a file holds, whether it is compressed or not. */
const contentOf = (name: string) =>
  (name.endsWith(".gz") ? gunzipSync(readFileSync(name)) : readFileSync(name)).toString();

describe("rotated files", () => {
  it("are compressed, each whole, with their mode and time, and the original goes", async () => {
    const sink = await open(rotating);
    await deliver(sink, "0", "1");
    chmodSync(path, 0o604);
    utimesSync(path, 1_700_000_000, 1_700_000_000);
    await deliver(sink, "2");
    await eventually(isAllCompressed);
    const [first = ""] = await rotatedFiles(path);
    expect(contentOf(first)).toBe(`${textOf("0")}\n${textOf("1")}\n`);
    const { mode, mtimeMs } = statSync(first);
    expect([mode & 0o777, mtimeMs]).toEqual([0o604, 1_700_000_000_000]);
    expect(idsOf()).toEqual(["2"]);
  });

  it("are left as they are by default", async () => {
    const sink = await open({ rotateSize: "1B" });
    for (const id of ["0", "1", "2"]) await deliver(sink, id);
    expect(names().filter((name) => name.endsWith("Z"))).toHaveLength(2);
  });

  it("count for `keep` in both forms, and no two get one name", async () => {
    const sink = await open({ ...rotating, keep: 3 });
    for (let id = 0; id < 12; id += 1) await deliver(sink, String(id));
    await eventually(isAllCompressed);
    const rotated = await rotatedFiles(path);
    expect(rotated.map(contentOf)).toEqual(["8", "9", "10"].map((id) => `${textOf(id)}\n`));
  });

  it("that stand there in both forms are one, and go together", async () => {
    for (const day of [1, 2, 3]) writeFileSync(stamped(day), "");
    for (const day of [1, 2]) writeFileSync(`${stamped(day)}.gz`, "");
    const sink = await open({ rotateSize: "1B", keep: 3 });
    await deliver(sink, "0");
    await deliver(sink, "1");
    expect((await rotatedFiles(path)).slice(0, 3)).toEqual([stamped(2), `${stamped(2)}.gz`, stamped(3)]);
  });

  it("stand beside the target of a symbolic link", async () => {
    symlinkSync(join(directory, "target"), path);
    const sink = await open(rotating);
    await deliver(sink, "0");
    await deliver(sink, "1");
    await eventually(() => names().some((name) => name.endsWith(".gz")) && names().length === 3);
    expect(names()[2]).toMatch(/^target\..*Z\.gz$/);
  });
});

describe("what another run left", () => {
  it("is finished with the first batch: not begun, half done, or done but for the original", async () => {
    const contents = ["one\n", "two\n", "three\n"];
    for (const [index, content] of contents.entries()) writeFileSync(stamped(index + 1), content);
    writeFileSync(`${stamped(2)}.gz`, gzipSync("two\n"));
    writeFileSync(join(directory, ".events.ndjson.2026-11-03T00-00-00.000Z.gz.0123abcd.tmp"), "half");
    await deliver(await open({ gzip: true }), "0");
    await eventually(isAllCompressed);
    expect((await rotatedFiles(path)).map(contentOf)).toEqual(contents);
  });

  it("files of other names are none of ours", async () => {
    const others = [
      ".events.ndjson.tmp",
      ".other.2026-11-03T00-00-00.000Z.gz.0123abcd.tmp",
      "events.ndjson.1",
    ];
    for (const name of others) writeFileSync(join(directory, name), "x");
    writeFileSync(stamped(1), "one\n");
    await deliver(await open({ gzip: true }), "0");
    await eventually(() => existsSync(`${stamped(1)}.gz`) && !existsSync(stamped(1)));
    expect(names()).toEqual(expect.arrayContaining(others));
  });

  it("is whole after a kill at any moment", { timeout: 30_000 }, async () => {
    const delivered: string[] = [];
    for (let run = 0; run < 3; run += 1) {
      const program = join(import.meta.dirname, "fixtures", "writing-process.ts");
      const args = ["--conditions=@forewarn/source", program, path, String(run * 1_000_000)];
      const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
      let said = "";
      child.stdout.setEncoding("utf8").on("data", (text: string) => (said += text));
      // A different moment each time, once it has rotated.
      await eventually(() => said.split("\n").length > 1000 + run * 357);
      child.kill("SIGKILL");
      await once(child, "close");
      delivered.push(...said.split("\n").slice(0, -1));
    }
    const sink = await open({ gzip: true, keep: 10_000 });
    await deliver(sink, "last");
    await eventually(isAllCompressed);
    const lines = [...(await rotatedFiles(path)), path].flatMap((name) => contentOf(name).split("\n"));
    const found = new Set(lines.flatMap((line) => /^\{"id":"(\w+)"/.exec(line)?.[1] ?? []));
    expect(delivered.length).toBeGreaterThan(3000);
    expect(delivered.filter((id) => !found.has(id))).toEqual([]);
  });
});

describe("a failure", () => {
  it("is a warning; events are delivered, and the next rotation tries again", async () => {
    // A directory of that name stands in the way of the compressed file.
    mkdirSync(`${stamped(1)}.gz`);
    writeFileSync(stamped(1), "one\n");
    const sink = await open(rotating);
    await deliver(sink, "0");
    await eventually(() => warnings.length > 0);
    expect(warnings[0]).toEqual([
      "rotated files could not be compressed, and stay as they are",
      { path: stamped(1), error: expect.stringContaining("EISDIR") as string },
    ]);
    expect(contentOf(stamped(1))).toBe("one\n");
    rmSync(`${stamped(1)}.gz`, { recursive: true });
    await deliver(sink, "1");
    await eventually(isAllCompressed);
  });

  it("a file that is deleted meanwhile leaves nothing and says nothing", async () => {
    const compressor = createCompressor({ warn: (...said: unknown[]) => warnings.push(said) } as never);
    writeFileSync(stamped(1), Buffer.alloc(8_000_000, "x"));
    compressor.compress(path);
    await eventually(() => names().some((name) => name.endsWith(".tmp")));
    rmSync(stamped(1));
    await eventually(() => names().length === 0);
    expect(warnings).toEqual([]);
    await compressor.close();
  });

  it("a file that another program still writes to stays", async () => {
    const compressor = createCompressor({ warn: (...said: unknown[]) => warnings.push(said) } as never);
    writeFileSync(stamped(1), Buffer.alloc(8_000_000, "x"));
    compressor.compress(path);
    await eventually(() => names().some((name) => name.endsWith(".tmp")));
    writeFileSync(stamped(1), "y", { flag: "a" });
    await eventually(() => warnings.length > 0);
    expect(JSON.stringify(warnings)).toContain(`another program still writes to ${stamped(1)}`);
    expect([names(), statSync(stamped(1)).size]).toEqual([
      [stamped(1).slice(directory.length + 1)],
      8_000_001,
    ]);
    await compressor.close();
  });
});

describe("close", () => {
  it("gives up what is under way, without a trace; the next opening does it", async () => {
    const sink = await open(rotating);
    writeFileSync(stamped(1), Buffer.alloc(64_000_000, "x"));
    await deliver(sink, "0");
    await eventually(() => names().some((name) => name.endsWith(".tmp")));
    const from = performance.now();
    await sink.close?.();
    expect(performance.now() - from).toBeLessThan(1000);
    expect(names()).toEqual(["events.ndjson", stamped(1).slice(directory.length + 1)]);
    renameSync(stamped(1), `${path}.aside`);
    writeFileSync(stamped(1), "one\n");
    rmSync(`${path}.aside`);
    await deliver(await open(rotating), "1");
    await eventually(isAllCompressed);
    expect(warnings).toEqual([]);
  });

  it("before anything was written is nothing", async () => {
    await expect((await open(rotating)).close?.()).resolves.toBeUndefined();
  });
});
