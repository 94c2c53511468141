import { randomBytes, randomUUID } from "node:crypto";
import { closeSync, fsyncSync, openSync, rmSync, statfsSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Glance, glance, StateError } from "@forewarn/agent";
import { about, type Finding } from "./finding.ts";
import type { Patient } from "./patient.ts";

const { ok, note, fail, skipped } = about("state");

/** Whether the state directory can be written, whether there is room in it, and what is stored there, which is kept. */
export function* checkState(patient: Patient): Iterable<Finding> {
  const { settings } = patient;
  if (settings === null) return yield skipped("Where the agent keeps its state is not known");
  const { path, maxBytes } = settings.state;
  const place = nearestDirectory(path);
  const refused = writeTrouble(place);
  yield refused === null ? ok(`${path} can be written by whoever runs this`) : refusal(path, refused);
  if (refused === null) yield* roomFindings(path, place, maxBytes);
  try {
    patient.stored = glance(path);
  } catch (error) {
    if (!(error instanceof StateError)) throw error;
    return yield* unread(error, refused !== null);
  }
  yield* letterFindings(patient.stored);
}

/** The directory itself, or the one in which it would be made. */
function nearestDirectory(path: string): string {
  for (let place = path; ; place = dirname(place)) {
    const isThere = statSync(place, { throwIfNoEntry: false }) !== undefined;
    if (isThere || dirname(place) === place) return place;
  }
}

/** Some pages of the outbox: a disk may take a name, and no byte. */
const triedBytes = 16_384;

/** What keeps a file from being written, synced and removed; null where nothing does. */
function writeTrouble(directory: string): NodeJS.ErrnoException | null {
  const path = join(directory, `.forewarn-doctor-${randomUUID()}`);
  try {
    const file = openSync(path, "wx", 0o600);
    try {
      writeFileSync(file, randomBytes(triedBytes));
      fsyncSync(file);
    } finally {
      closeSync(file);
      rmSync(path);
    }
    return null;
  } catch (error) {
    return error as NodeJS.ErrnoException;
  }
}

const diskCodes: ReadonlySet<string | undefined> = new Set(["ENOSPC", "EDQUOT", "EROFS", "EIO"]);

function refusal(path: string, { code, message }: NodeJS.ErrnoException): Finding {
  if (!diskCodes.has(code)) {
    return fail(
      `${path} cannot be written by whoever runs this: ${message}`,
      "run this as the agent's user; else give the directory to that user, or choose another by state.path",
    );
  }
  return fail(
    `${path} cannot be written: ${message}`,
    "make room or repair the disk, or choose another by state.path: until then events are kept in memory only",
  );
}

function* roomFindings(path: string, place: string, maxBytes: number): Iterable<Finding> {
  const { bavail, bsize } = statfsSync(place);
  const free = bavail * bsize;
  if (heldBytes(path) + free >= maxBytes) return;
  yield note(
    `${megabytes(free)} are free for ${path}, less than the outbox may grow by (state.maxSize: ${megabytes(maxBytes)})`,
    "make room, or set a smaller state.maxSize: once the disk is full, events are kept in memory only",
  );
}

function heldBytes(path: string): number {
  const sizes = ["outbox.db", "outbox.db-wal"].map(
    (name) => statSync(join(path, name), { throwIfNoEntry: false })?.size ?? 0,
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

/** Where no agent has run yet nothing is amiss; `isKnown`: that this user may not has been said. */
function* unread({ code, message }: StateError, isKnown: boolean): Iterable<Finding> {
  if (code === "STATE_MISSING") return;
  if (code === "STATE_NOT_READABLE" && isKnown) return yield skipped("What is stored there cannot be read");
  yield code === "STATE_BUSY" ? note(message) : fail(message, `forewarn explain ${code}`);
}

function* letterFindings({ sinks }: Glance): Iterable<Finding> {
  const waiting = sinks.filter(({ deadLetters }) => deadLetters > 0);
  const count = waiting.reduce((sum, { deadLetters }) => sum + deadLetters, 0);
  if (count === 0) return;
  const each = waiting.map(({ name, deadLetters }) => `${name} ${deadLetters}`).join(", ");
  yield note(
    `${count === 1 ? "1 dead letter waits" : `${count} dead letters wait`} for a person: ${each}`,
    "forewarn dead-letters lists them, and can replay or purge them",
  );
}
