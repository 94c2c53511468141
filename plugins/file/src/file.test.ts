import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  batchOf,
  deliver,
  directory,
  errorOf,
  idsOf,
  linesOf,
  open,
  path,
  textOf,
} from "./fixtures/files.ts";

describe("lines", () => {
  it("are the stored texts as they are, each on its own line, batch after batch", async () => {
    const sink = await open();
    await deliver(sink, "1", "2");
    await deliver(sink, "3");
    expect(readFileSync(path, "utf8")).toBe(["1", "2", "3"].map((id) => `${textOf(id)}\n`).join(""));
  });

  it("are appended to what another run left", async () => {
    writeFileSync(path, `${textOf("0")}\n`);
    await deliver(await open(), "1");
    expect(idsOf()).toEqual(["0", "1"]);
  });

  it("a large batch arrives whole", async () => {
    const ids = Array.from({ length: 20_000 }, (_, index) => String(index));
    await deliver(await open(), ...ids);
    expect(idsOf()).toEqual(ids);
  });

  it("nothing is written, nor the file created, before the first batch", async () => {
    await open();
    expect(existsSync(path)).toBe(false);
  });

  it("a torn last line of a crash is ended, so that the next line is valid", async () => {
    const torn = textOf("1").slice(0, 20);
    writeFileSync(path, `${textOf("0")}\n${torn}`);
    const sink = await open();
    await deliver(sink, "1");
    await deliver(sink, "2");
    expect(linesOf()).toEqual([textOf("0"), torn, textOf("1"), textOf("2"), ""]);
  });

  it("a line that another writer has torn is ended as well", async () => {
    const sink = await open();
    await deliver(sink, "1");
    appendFileSync(path, '{"torn');
    await deliver(sink, "2");
    expect(linesOf()).toEqual([textOf("1"), '{"torn', textOf("2"), ""]);
  });
});

describe("the file", () => {
  it("is created with 0640, its directories with 0750", async () => {
    const nested = join(directory, "a", "b", "events.ndjson");
    await deliver(await open({ path: nested }), "1");
    const umask = process.umask();
    expect(statSync(nested).mode & 0o777).toBe(0o640 & ~umask);
    expect(statSync(join(directory, "a")).mode & 0o777).toBe(0o750 & ~umask);
    expect(statSync(join(directory, "a", "b")).mode & 0o777).toBe(0o750 & ~umask);
  });

  it("keeps the mode that it has", async () => {
    writeFileSync(path, "");
    chmodSync(path, 0o604);
    await deliver(await open(), "1");
    expect(statSync(path).mode & 0o777).toBe(0o604);
  });

  it("is left to logrotate: renamed and created, by its configuration or by us", async () => {
    const sink = await open();
    await deliver(sink, "1");
    renameSync(path, `${path}.1`);
    await deliver(sink, "2");
    renameSync(path, `${path}.2`);
    writeFileSync(path, "");
    await deliver(sink, "3");
    expect([idsOf(`${path}.1`), idsOf(`${path}.2`), idsOf()]).toEqual([["1"], ["2"], ["3"]]);
  });

  it("comes back after a deletion, of the directory too", async () => {
    const nested = join(directory, "logs", "events.ndjson");
    const sink = await open({ path: nested });
    await deliver(sink, "1");
    rmSync(nested);
    await deliver(sink, "2");
    expect(idsOf(nested)).toEqual(["2"]);
    rmSync(join(directory, "logs"), { recursive: true });
    await deliver(sink, "3");
    expect(idsOf(nested)).toEqual(["3"]);
  });

  it("is written from its beginning after copytruncate", async () => {
    const sink = await open();
    await deliver(sink, "1", "2");
    truncateSync(path);
    await deliver(sink, "3");
    expect(readFileSync(path, "utf8")).toBe(`${textOf("3")}\n`);
  });

  it("may be a symbolic link, also one that is turned elsewhere", async () => {
    const [one, two] = [join(directory, "one"), join(directory, "two")];
    symlinkSync(one, path);
    const sink = await open();
    await deliver(sink, "1");
    rmSync(path);
    symlinkSync(two, path);
    await deliver(sink, "2");
    expect([idsOf(one), idsOf(two)]).toEqual([["1"], ["2"]]);
  });

  it("is closed by close, and only then done with", async () => {
    const sink = await open();
    const descriptors = () => readdirSync("/proc/self/fd").length;
    const before = process.platform === "linux" ? descriptors() : 0;
    await deliver(sink, "1");
    await sink.close?.();
    expect(process.platform === "linux" ? descriptors() : 0).toBe(before);
    await expect(sink.close?.()).resolves.toBeUndefined();
  });
});

describe("abort", () => {
  it("before the write writes nothing and says so", async () => {
    const sink = await open();
    await deliver(sink, "1");
    const reason = new Error("time is up");
    const error = await errorOf(sink.deliver(batchOf(textOf("2")), { signal: AbortSignal.abort(reason) }));
    expect(error).toBe(reason);
    expect(idsOf()).toEqual(["1"]);
    await deliver(sink, "2");
    expect(idsOf()).toEqual(["1", "2"]);
  });

  it("keeps the reason of AbortSignal.abort()", async () => {
    const aborted = (await open()).deliver(batchOf(textOf("1")), { signal: AbortSignal.abort() });
    expect(await errorOf(aborted)).toMatchObject({ name: "AbortError" });
  });
});

describe("probe", () => {
  it("creates what is missing, writes no event, and fails as deliver does", async () => {
    const sink = await open();
    await sink.probe?.(AbortSignal.timeout(1000));
    expect(readFileSync(path, "utf8")).toBe("");
    rmSync(path);
    mkdirSync(path);
    expect(await errorOf(sink.probe?.(AbortSignal.timeout(1000)))).toMatchObject({
      code: "FOREWARN_MISCONFIGURED",
      status: "EISDIR",
    });
  });
});
