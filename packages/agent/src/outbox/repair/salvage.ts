import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { crc32 } from "node:zlib";
import type { ForewarnEvent } from "@forewarn/sdk";
import { keyOf } from "../tables/encode.ts";
import { decodeRecord, type Value } from "./sqlite-record.ts";

/** A row of the table `event` that was found whole in a damaged file. */
export interface SalvagedEvent {
  readonly seq: number;
  readonly source: string;
  readonly id: string;
  readonly type: string;
  readonly key: string;
  readonly time: number;
  readonly severity: number;
  readonly urgent_from: number | null;
  readonly deadline: number | null;
  readonly crc: number;
  readonly json: string;
}

const pageSize = 4096;
const walHeader = 32;
const frameHeader = 24;

/** A file of pages: the database, or the frames of its write-ahead log. */
interface Pages {
  readonly descriptor: number;
  /** Where each page begins; by page number, the newest last. */
  readonly places: readonly { readonly page: number; readonly at: number }[];
}

/**
 * Every whole event in a database file and its write-ahead log, whatever else of them is damaged, by place. It does not
 * trust the file's structure: it looks in every page for what has the shape of a row (SQLite file format, "B-tree cell
 * format") and keeps what its own checksum confirms. The files must not be open in this process.
 */
export function salvageEvents(path: string): ReadonlyMap<number, SalvagedEvent> {
  const files = [databasePages(path), walPages(`${path}-wal`)].filter((file) => file !== null);
  try {
    return search(files);
  } finally {
    for (const { descriptor } of files) closeSync(descriptor);
  }
}

function search(files: readonly Pages[]): ReadonlyMap<number, SalvagedEvent> {
  const newest = new Map<number, { readonly file: Pages; readonly at: number }>();
  for (const file of files) for (const { page, at } of file.places) newest.set(page, { file, at });
  const found = new Map<number, SalvagedEvent>();
  const overflow = (page: number): Buffer | null => {
    const place = newest.get(page);
    return place === undefined ? null : readPage(place.file, place.at);
  };
  // Older versions of a page first: a row in a newer one takes its place.
  for (const file of files) {
    for (const { at } of file.places) {
      for (const event of eventsIn(readPage(file, at), overflow)) found.set(event.seq, event);
    }
  }
  return found;
}

/** The events in one page: each cell is looked for by its row id, which as a varint of 8 bytes hardly occurs in text. */
function* eventsIn(page: Buffer, overflow: (page: number) => Buffer | null): Generator<SalvagedEvent> {
  let high = 0;
  for (let at = 0; at < page.length; at++) {
    const byte = page[at] as number;
    if (byte >= 0x80) {
      high++;
      continue;
    }
    // The bytes before a row id may be high too: those of a long payload's size.
    if (high >= 7) {
      const event = eventAt(page, at - 7, overflow);
      if (event !== null) yield event;
    }
    high = 0;
  }
}

/** The event whose row id begins at `start`, or null where that is none. */
function eventAt(
  page: Buffer,
  start: number,
  overflow: (page: number) => Buffer | null,
): SalvagedEvent | null {
  for (let size = 1; size <= 4 && start - size >= 0; size++) {
    const length = Number(varint(page, start - size, size));
    const payload = payloadOf(page, start + 8, length, overflow);
    const event = payload && eventOf(decodeRecord(payload));
    if (event !== null) return event;
  }
  return null;
}

/** A big-endian varint of exactly so many bytes. */
function varint(page: Buffer, start: number, bytes: number): bigint {
  let value = 0n;
  for (let at = start; at < start + bytes; at++) value = (value << 7n) | BigInt((page[at] as number) & 0x7f);
  return value;
}

/** The payload of a table's leaf cell, with its overflow pages (SQLite file format, section 1.6); null where it breaks off. */
function payloadOf(
  page: Buffer,
  start: number,
  length: number,
  overflow: (page: number) => Buffer | null,
): Buffer | null {
  const most = pageSize - 35;
  if (length < 40 || length > 0xff_ffff) return null;
  if (length <= most) return start + length <= page.length ? page.subarray(start, start + length) : null;
  const least = Math.floor(((pageSize - 12) * 32) / 255) - 23;
  const fitting = least + ((length - least) % (pageSize - 4));
  const local = fitting <= most ? fitting : least;
  if (start + local + 4 > page.length) return null;
  const parts = [page.subarray(start, start + local)];
  let next = page.readUInt32BE(start + local);
  for (let left = length - local; left > 0;) {
    const more = overflow(next);
    if (more === null) return null;
    const part = more.subarray(4, 4 + Math.min(left, pageSize - 4));
    parts.push(part);
    left -= part.length;
    next = more.readUInt32BE(0);
  }
  return Buffer.concat(parts, length);
}

/** Columns in the order of the schema; what the event itself says counts more, since only its text has a checksum. */
function eventOf(columns: readonly Value[] | null): SalvagedEvent | null {
  if (columns?.length !== 11) return null;
  const [time, severity, urgentFrom, deadline, crc, json] = columns.slice(5);
  const isWhole =
    typeof json === "string" &&
    json !== "" &&
    [time, severity].every((value) => typeof value === "number") &&
    [urgentFrom, deadline].every((value) => value === null || typeof value === "number") &&
    crc32(json) === crc;
  if (!isWhole) return null;
  const event = JSON.parse(json) as ForewarnEvent;
  return {
    seq: Number(event.sequence),
    source: event.source,
    id: event.id,
    type: event.type,
    key: keyOf(event),
    ...({ time, severity, urgent_from: urgentFrom, deadline, crc, json } as Pick<
      SalvagedEvent,
      "time" | "severity" | "urgent_from" | "deadline" | "crc" | "json"
    >),
  };
}

function databasePages(path: string): Pages | null {
  return pagesOf(path, (size) =>
    Array.from({ length: Math.ceil(size / pageSize) }, (_, index) => ({
      page: index + 1,
      at: index * pageSize,
    })),
  );
}

/** Every frame of the log, also those that a damaged one before them hides from SQLite. */
function walPages(path: string): Pages | null {
  return pagesOf(path, (size, descriptor) => {
    const count = Math.max(0, Math.floor((size - walHeader) / (frameHeader + pageSize)));
    return Array.from({ length: count }, (_, index) => {
      const at = walHeader + index * (frameHeader + pageSize);
      return { page: readBytes(descriptor, at, 4).readUInt32BE(0), at: at + frameHeader };
    });
  });
}

function pagesOf(path: string, places: (size: number, descriptor: number) => Pages["places"]): Pages | null {
  let descriptor: number;
  try {
    descriptor = openSync(path, "r");
  } catch {
    return null;
  }
  return { descriptor, places: places(fstatSync(descriptor).size, descriptor) };
}

function readPage({ descriptor }: Pages, at: number): Buffer {
  return readBytes(descriptor, at, pageSize);
}

function readBytes(descriptor: number, at: number, length: number): Buffer {
  const buffer = Buffer.alloc(length);
  readSync(descriptor, buffer, 0, length, at);
  return buffer;
}
