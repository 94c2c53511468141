import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  rmdirSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ForewarnEvent } from "@forewarn/sdk";
import { type OtherEnd, type ReceivedEvent, testSink } from "@forewarn/testkit";
import { file } from "./file.ts";

testSink("file", {
  definition: file,
  readme: new URL("../README.md", import.meta.url),
  start: startDirectory,
  without: {
    ...(canMount() ? {} : { retry: "a full disk needs root and tmpfs" }),
    reject: "a file takes every event",
    partial: "a file takes every event",
    throttle: "a file asks for no pause",
    reset: "a file has no connection",
    "reset-in-answer": "a file gives no answer",
    hang: "only a regular file is accepted, and its writes cannot be aborted",
    down: "what is missing is created",
  },
});

/** A directory in which something may stand in the file's way, and whose disk may be full. */
function startDirectory(): OtherEnd {
  const directory = mkdtempSync(join(tmpdir(), "forewarn-file-contract-"));
  const path = join(directory, "events.ndjson");
  const aside = join(directory, "aside");
  const filler = join(directory, "filler");
  let undo = () => {};
  let isMounted = false;

  function block(): () => void {
    if (existsSync(path)) renameSync(path, aside);
    mkdirSync(path);
    return () => {
      rmdirSync(path);
      if (existsSync(aside)) renameSync(aside, path);
    };
  }

  function fillUp(): () => void {
    isMounted ||= mount(directory);
    fill(filler);
    return () => rmSync(filler);
  }

  return {
    options: { path },
    received: () => (existsSync(path) ? eventsIn(path) : []),
    behave({ kind }) {
      undo();
      undo = kind === "misconfigured" ? block() : kind === "retry" ? fillUp() : () => {};
    },
    async close() {
      if (isMounted) spawnSync("umount", ["-l", directory]);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** The whole lines; one that a full disk has cut short is no event. */
function eventsIn(path: string): readonly ReceivedEvent[] {
  const lines = readFileSync(path, "utf8").split("\n").slice(0, -1);
  return lines.map((line) => {
    const event = JSON.parse(line) as ForewarnEvent;
    return { id: event.id, source: event.source, event };
  });
}

/** A file system of a few pages, on top of the directory. */
function mount(directory: string): boolean {
  const { status } = spawnSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", directory]);
  return status === 0;
}

function canMount(): boolean {
  const directory = mkdtempSync(join(tmpdir(), "forewarn-file-contract-"));
  const isMounted = mount(directory);
  if (isMounted) spawnSync("umount", ["-l", directory]);
  rmSync(directory, { recursive: true, force: true });
  return isMounted;
}

function fill(path: string): void {
  try {
    writeFileSync(path, Buffer.alloc(128 * 1024));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
  }
}
