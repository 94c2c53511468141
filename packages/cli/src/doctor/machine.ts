import { existsSync, readFileSync } from "node:fs";
import { userInfo } from "node:os";
import type { Machine } from "./patient.ts";

/** The machine that this process runs on. */
export function thisMachine(): Machine {
  return {
    platform: process.platform,
    read(path) {
      try {
        return readFileSync(path, "utf8");
      } catch {
        return null;
      }
    },
    exists: existsSync,
    now: Date.now,
    user: userName(),
    program: process.execPath,
  };
}

function userName(): string {
  try {
    const { username, uid } = userInfo();
    return uid === -1 ? username : `${username} (uid ${uid})`;
  } catch {
    // A container may run as a user that has no name.
    return `uid ${process.getuid?.() ?? "unknown"}`;
  }
}
