import { constants } from "node:fs";
import { type FileHandle, mkdir, open, realpath, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout } from "node:timers/promises";
import { MisconfiguredError } from "@forewarn/sdk";

/** A regular file that is open for appending; whatever else happens to it, no write overwrites anything. */
export interface OpenFile {
  readonly handle: FileHandle;
  /** Where it stands, symbolic links followed. */
  readonly realPath: string;
  readonly device: bigint;
  readonly inode: bigint;
  /** Bytes when it was opened. */
  readonly size: number;
  /** Epoch milliseconds of the last write before it was opened. */
  readonly modified: number;
}

const { O_APPEND, O_CREAT, O_RDWR } = constants;

/** Opens a file for appending; creates it (0640) and its directory (0750), durably, where they are missing. */
export async function openFile(path: string): Promise<OpenFile> {
  const handle = await openOrCreate(path);
  try {
    const status = await handle.stat({ bigint: true });
    if (!status.isFile()) throw new MisconfiguredError(`${path} is not a regular file; choose another path`);
    const realPath = await realpath(path);
    await syncDirectory(dirname(realPath));
    return {
      handle,
      realPath,
      device: status.dev,
      inode: status.ino,
      size: Number(status.size),
      modified: Number(status.mtimeMs),
    };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function openOrCreate(path: string): Promise<FileHandle> {
  // Read and write: only the last byte tells whether the last line is whole.
  const flags = O_RDWR | O_CREAT | O_APPEND;
  try {
    return await open(path, flags, 0o640);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    await mkdir(dirname(path), { recursive: true, mode: 0o750 });
    return open(path, flags, 0o640);
  }
}

/** The size of the file that stands at `path`; undefined where that is no longer the open one. */
export async function currentSize(path: string, file: OpenFile): Promise<number | undefined> {
  try {
    const { dev, ino, size } = await stat(path, { bigint: true });
    return dev === file.device && ino === file.inode ? Number(size) : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

const lookAgainMs = 20;

/**
 * Whether the last line of a file of `size` bytes lacks its end, since a write was cut short. What another program is
 * writing at this moment may be seen in part: a line counts as torn when it stays as it is.
 */
export async function endsTorn({ handle }: OpenFile, size: number): Promise<boolean> {
  let seen = size;
  while (await lacksEnd(handle, seen)) {
    await setTimeout(lookAgainMs);
    const { size: now } = await handle.stat();
    if (now === seen) return true;
    seen = now;
  }
  return false;
}

async function lacksEnd(handle: FileHandle, size: number): Promise<boolean> {
  if (size === 0) return false;
  const { bytesRead, buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1);
  return bytesRead === 1 && buffer[0] !== 0x0a;
}

/** Appends all bytes, in one write unless the disk takes only a part at first. */
export async function append({ handle }: OpenFile, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    written += (await handle.write(bytes, written)).bytesWritten;
  }
}

/** Makes the names in a directory survive a power loss; Windows has no such call and needs none. */
export async function syncDirectory(path: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
