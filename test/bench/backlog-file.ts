import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { openDatabase } from "../../packages/agent/src/outbox/state/schema.ts";

/** The type of every event of a written backlog; sinks are told to want nothing else, so that the agent's own do not count. */
export const backlogType = "io.forewarn.scheduledevent.scheduled";

/** The place of a written backlog's first event. */
export const firstSeq = 1_000_000_000_000_000;

/** Bytes of JSON of each of its events. */
export const eventBytes = 1024;

/** Where in its JSON each has the 20 digits of its place. */
export const sequenceAt = eventJson(0, 0).indexOf(digits(firstSeq));

/** What is written. */
export interface BacklogFile {
  readonly events: number;
  /** Sinks that have subscribed before all of it. */
  readonly sinks: readonly string[];
  /** How many events in a row are of one scheduled event. Default 1. */
  readonly perStory?: number;
}

/** The JSON of the event at an index, of the scheduled event `story`. */
export function eventJson(index: number, story: number): string {
  const head = `{"specversion":"1.0","id":"${idOf(index, story)}","source":"/bench","type":"${backlogType}","subject":"${keyOf(story)}","time":"2026-11-22T20:00:00.000Z","datacontenttype":"application/json","severitynumber":17,"severitytext":"ERROR","affectsself":true,"sequence":"${digits(firstSeq + index)}","data":{"eventType":"Reboot","impact":"error","description":"`;
  return `${head}${"x".repeat(eventBytes - head.length - 3)}"}}`;
}

/**
 * Writes a backlog into a new state directory, as an agent leaves it whose sinks got nothing: with SQL into the agent's
 * own tables, a million events in some seconds. Nothing of it is synced, since it need not outlive the bench.
 */
export function writeBacklog(directory: string, { events, sinks, perStory = 1 }: BacklogFile): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const database = openDatabase(join(directory, "outbox.db"), "NORMAL");
  try {
    database.exec("PRAGMA synchronous = OFF; PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 20000");
    const insert = database.prepare(
      "INSERT INTO event (seq, source, id, type, key, time, severity, urgent_from, deadline, crc, json) VALUES (?, '/bench', ?, ?, ?, ?, 17, NULL, NULL, ?, ?)",
    );
    const time = Date.now();
    const write = (index: number) => {
      const story = Math.floor(index / perStory);
      const json = eventJson(index, story);
      insert.run(firstSeq + index, idOf(index, story), backlogType, keyOf(story), time, crc32(json), json);
    };
    const perTransaction = 10_000;
    for (let from = 0; from < events; from += perTransaction) {
      database.exec("BEGIN");
      for (let index = from; index < Math.min(events, from + perTransaction); index++) write(index);
      database.exec("COMMIT");
    }
    const subscribe = database.prepare("INSERT INTO subscription (sink, position) VALUES (?, ?)");
    for (const sink of sinks) subscribe.run(sink, firstSeq - 1);
    database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  } finally {
    database.close();
  }
}

function keyOf(story: number): string {
  return `${hex(story, 8)}-0000-4000-8000-000000000000`;
}

function idOf(index: number, story: number): string {
  return `${hex(story, 8)}-0000-4000-8000-${hex(index, 12)}:scheduled`;
}

function hex(number: number, length: number): string {
  return number.toString(16).padStart(length, "0");
}

function digits(seq: number): string {
  return String(seq).padStart(20, "0");
}
