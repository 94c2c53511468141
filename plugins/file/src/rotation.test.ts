import { execFile } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Batch, Sink, SinkContext } from "@forewarn/sdk";
import { createAjv } from "@forewarn/sdk/ajv";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { file } from "./file.ts";
import { defaults } from "./fixtures/defaults.ts";
import { dayOf, prune, rotate, rotatedFiles } from "./rotation.ts";

let directory: string;
let path: string;
let now: number;
let warnings: string[];
const sinks: Sink[] = [];

beforeEach(() => {
  directory = realpathSync(mkdtempSync(join(tmpdir(), "forewarn-rotation-")));
  path = join(directory, "events.ndjson");
  now = Date.parse("2026-11-22T20:15:03.123Z");
  warnings = [];
});

afterEach(async () => {
  for (const sink of sinks.splice(0)) await sink.close?.();
  rmSync(directory, { recursive: true, force: true });
});

type Options = Parameters<typeof file.open>[0];

async function open(given: Partial<Options> = {}) {
  const options: Options = { path, ...defaults, ...given };
  const log = { warn: (message: string) => warnings.push(message) };
  const context = { options, clock: { now: () => now }, log } as unknown as SinkContext<Options>;
  const sink = await file.open(options, context);
  sinks.push(sink);
  return (...encoded: string[]) =>
    sink.deliver({ id: "b", attempt: 1, events: [], encoded } satisfies Batch, {
      signal: AbortSignal.timeout(10_000),
    });
}

const text = () => readFileSync(path, "utf8");
const names = () => readdirSync(directory).sort();
const line = (id: number) => JSON.stringify({ id, pad: "x".repeat(80) });

describe("by size", () => {
  it("rotates before the file would outgrow the limit, and not a byte sooner", async () => {
    const deliver = await open({ rotateSize: "100B" });
    const half = "y".repeat(49);
    await deliver(half);
    await deliver(half);
    expect(statSync(path).size).toBe(100);
    await deliver("z");
    expect(names()).toEqual(["events.ndjson", "events.ndjson.2026-11-22T20-15-03.123Z"]);
    expect(readFileSync(join(directory, names()[1] ?? ""), "utf8")).toBe(`${half}\n${half}\n`);
    expect(text()).toBe("z\n");
  });

  it("counts what was there before", async () => {
    writeFileSync(path, `${"y".repeat(99)}\n`);
    const deliver = await open({ rotateSize: "100B" });
    await deliver("z");
    expect(names()).toHaveLength(2);
  });

  it("a batch larger than the limit has a file of its own", async () => {
    const deliver = await open({ rotateSize: "10B" });
    await deliver("a".repeat(30), "b");
    await deliver("c");
    expect(names()).toHaveLength(2);
    expect(text()).toBe("c\n");
  });

  it("0B = never", async () => {
    const deliver = await open({ rotateSize: "0B" });
    for (let id = 0; id < 20; id += 1) await deliver(line(id));
    expect(names()).toEqual(["events.ndjson"]);
  });
});

describe("by day", () => {
  it("rotates with the first event of a day in UTC, once", async () => {
    const deliver = await open({ rotateDaily: true });
    now = Date.parse("2026-11-22T23:59:59.999Z");
    await deliver("22");
    now += 1;
    await deliver("23");
    now += 3_600_000;
    await deliver("23 too");
    expect(names()).toEqual(["events.ndjson", "events.ndjson.2026-11-23T00-00-00.000Z"]);
    expect(text()).toBe("23\n23 too\n");
  });

  it("knows the day of a file that another run left", async () => {
    writeFileSync(path, "21\n");
    utimesSync(path, now / 1000, (now - 86_400_000) / 1000);
    const deliver = await open({ rotateDaily: true });
    await deliver("22");
    expect(text()).toBe("22\n");
    expect(names()).toHaveLength(2);
  });

  it("does not rotate an empty file", async () => {
    writeFileSync(path, "");
    utimesSync(path, now / 1000, (now - 86_400_000) / 1000);
    const deliver = await open({ rotateDaily: true });
    await deliver("22");
    expect(names()).toEqual(["events.ndjson"]);
  });

  it("ends a torn line before the file is put away", async () => {
    writeFileSync(path, '21\n{"torn');
    utimesSync(path, now / 1000, (now - 86_400_000) / 1000);
    const deliver = await open({ rotateDaily: true });
    await deliver("22");
    expect(readFileSync(join(directory, names()[1] ?? ""), "utf8")).toBe('21\n{"torn\n');
  });
});

describe("rotated files", () => {
  it("never collide and sort by age, in one millisecond and with a clock set back", async () => {
    const deliver = await open({ rotateSize: "1B" });
    for (let id = 0; id < 5; id += 1) await deliver(String(id));
    now -= 3_600_000;
    await deliver("5");
    const rotated = await rotatedFiles(path);
    expect(rotated.map((name) => readFileSync(name, "utf8"))).toEqual(["0\n", "1\n", "2\n", "3\n", "4\n"]);
    expect(rotated.at(-1)).toBe(`${path}.2026-11-22T20-15-03.127Z`);
  });

  it("only the youngest stay, and nothing of another name is touched", async () => {
    const others = [
      "events.ndjson.1",
      "events.ndjson.1.gz",
      "events.ndjson.2026-11-22T20-15-03.123Z.bz2",
      "other",
      "events.ndjson.bak",
    ];
    for (const name of others) writeFileSync(join(directory, name), "");
    const deliver = await open({ rotateSize: "1B", keep: 2 });
    for (let id = 0; id < 6; id += 1) await deliver(String(id));
    const rotated = await rotatedFiles(path);
    expect(rotated.map((name) => readFileSync(name, "utf8"))).toEqual(["3\n", "4\n"]);
    expect(names()).toHaveLength(others.length + 3);
  });

  it("stand beside the target of a symbolic link, and the link stays", async () => {
    const target = join(directory, "target");
    symlinkSync(target, path);
    const deliver = await open({ rotateSize: "1B" });
    await deliver("0");
    await deliver("1");
    expect(names()).toEqual(["events.ndjson", "target", "target.2026-11-22T20-15-03.123Z"]);
    expect(text()).toBe("1\n");
  });

  it("that cannot be deleted are said, and the event is written all the same", async () => {
    mkdirSync(`${path}.2000-01-01T00-00-00.000Z`);
    const deliver = await open({ rotateSize: "1B", keep: 1 });
    await deliver("0");
    await deliver("1");
    expect(text()).toBe("1\n");
    expect(warnings).toEqual(["old rotated files could not be deleted"]);
  });

  it("a file that somebody took away in between is no failure", async () => {
    await rotate(path, now);
    await prune(path, 1);
    expect(names()).toEqual([]);
  });

  it("days begin at midnight UTC", () => {
    expect(dayOf(0)).toBe(0);
    expect(dayOf(86_399_999)).toBe(0);
    expect(dayOf(86_400_000)).toBe(1);
  });
});

describe("beside another writer", () => {
  it("no line is lost or mixed, whoever writes and whatever is rotated", async () => {
    const deliver = await open({ rotateSize: "10kB", keep: 100_000 });
    const script = `const { appendFileSync } = require("node:fs");
      const pause = new Int32Array(new SharedArrayBuffer(4));
      for (let id = 1000000; id < 1002000; id += 1) {
        appendFileSync(process.argv[1], JSON.stringify({ id, pad: "x".repeat(80) }) + "\\n");
        if (id % 20 === 0) Atomics.wait(pause, 0, 0, 1);
      }`;
    const state = { isDone: false };
    const other = promisify(execFile)(process.execPath, ["-e", script, path]).finally(
      () => (state.isDone = true),
    );
    let count = 0;
    for (; !state.isDone; count += 10) {
      const from = count;
      await deliver(...Array.from({ length: 10 }, (_, index) => line(from + index)));
    }
    await other;
    const files = [...(await rotatedFiles(path)), path];
    expect(files.length).toBeGreaterThan(5);
    const ids = files.flatMap((name) =>
      readFileSync(name, "utf8")
        .split("\n")
        .slice(0, -1)
        .map((each) => (JSON.parse(each) as { id: number }).id),
    );
    const ours = ids.filter((id) => id < 1_000_000);
    expect(ours).toEqual(Array.from({ length: count }, (_, id) => id));
    expect(ids.length - ours.length).toBe(2000);
  });
});

describe("options", () => {
  const validate = createAjv().compile(file.options);

  it("have defaults", () => {
    const options = { path };
    expect(validate(options)).toBe(true);
    expect(options).toEqual({ path, ...defaults });
  });

  it.each([
    {},
    { path: "" },
    { path: "x", keep: 0 },
    { path: "x", rotateSize: "1" },
    { path: "x", rotate: 1 },
  ])("refuse %j", (options) => {
    expect(validate(options)).toBe(false);
  });
});
