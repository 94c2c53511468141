import { chmodSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { startChild } from "../fixtures/child.ts";
import { draft, observer } from "../fixtures/draft.ts";
import { type Place, temporaryPlace } from "../fixtures/place.ts";
import { StateError } from "./state-error.ts";

const mode = (path: string) => statSync(path).mode & 0o777;

/** What opening throws. */
function refusal(place: Place, directory = place.directory): StateError {
  try {
    place.open({ directory });
  } catch (error) {
    if (error instanceof StateError) return error;
    throw error;
  }
  throw new Error("it opened");
}

describe("modes", () => {
  test("a new directory is the user's alone, and so is each file in it", () => {
    const place = temporaryPlace();
    const outbox = place.open();
    outbox.append([draft("a")], observer, {});
    expect(mode(place.directory)).toBe(0o700);
    for (const file of ["outbox.db", "outbox.db-wal", "outbox.db-shm", "agent.lock"]) {
      expect(mode(join(place.directory, file)), file).toBe(0o600);
    }
  });

  test("whatever the umask", () => {
    const before = process.umask(0);
    try {
      const place = temporaryPlace();
      place.open().append([draft("a")], observer, {});
      const files = ["", "outbox.db", "outbox.db-wal", "outbox.db-shm", "agent.lock"];
      expect(files.map((file) => mode(join(place.directory, file)))).toEqual([
        0o700, 0o600, 0o600, 0o600, 0o600,
      ]);
    } finally {
      process.umask(before);
    }
  });

  test("a directory that exists keeps its own", () => {
    const place = temporaryPlace();
    mkdirSync(place.directory);
    chmodSync(place.directory, 0o755);
    place.open();
    expect(mode(place.directory)).toBe(0o755);
  });
});

describe("a directory that cannot be used", () => {
  test("below a file", () => {
    const place = temporaryPlace();
    writeFileSync(join(place.directory, "..", "file"), "");
    const directory = join(place.directory, "..", "file", "state");
    const error = refusal(place, directory);
    expect(error.code).toBe("STATE_NOT_WRITABLE");
    expect(error.message).toMatch(
      /^cannot write the state directory .*file\/state \(ENOTDIR.*\): make it writable for this user, or set state\.path to a directory that is$/,
    );
    expect(error.cause).toMatchObject({ code: "ENOTDIR" });
  });

  test.skipIf(process.platform !== "linux")("below a directory that takes no other one", () => {
    expect(refusal(temporaryPlace(), "/proc/forewarn/state").code).toBe("STATE_NOT_WRITABLE");
  });

  test.each(["outbox.db", "agent.lock"])("where %s is a directory", (file) => {
    const place = temporaryPlace();
    mkdirSync(join(place.directory, file), { recursive: true });
    const { code, message } = refusal(place);
    expect(code).toBe("STATE_NOT_WRITABLE");
    expect(message).toContain(place.directory);
  });

  test("where agent.lock is no lock of ours", () => {
    const place = temporaryPlace();
    mkdirSync(place.directory);
    writeFileSync(join(place.directory, "agent.lock"), "this is not a lock\n".repeat(100));
    expect(refusal(place).code).toBe("STATE_NOT_WRITABLE");
  });

  test("written by a newer version; it stays as it is and is not locked", () => {
    const place = temporaryPlace();
    place.open().close();
    place.database().exec("PRAGMA user_version = 2");
    const { code, message } = refusal(place);
    expect(code).toBe("STATE_TOO_NEW");
    expect(message).toMatch(/outbox\.db was written by a newer forewarn \(schema 2, this one knows 1\): /);
    place.database().exec("PRAGMA user_version = 1");
    place.open();
  });
});

describe("the lock", () => {
  test("is held against this process too, and free after close", () => {
    const place = temporaryPlace();
    const outbox = place.open();
    const { code, message } = refusal(place);
    expect(code).toBe("STATE_LOCKED");
    expect(message).toBe(
      `another forewarn agent uses the state directory ${place.directory}: stop it, or give this one a state.path of its own`,
    );
    expect(outbox.append([draft("a")], observer, {})).toHaveLength(1);
    expect(refusal(place).code).toBe("STATE_LOCKED");
    outbox.close();
    place.open();
  });

  test("is held against another process, also after this one refused a second opening", async () => {
    const place = temporaryPlace();
    place.open();
    refusal(place);
    const child = startChild("locking-process.ts", [place.directory]);
    expect(await child.line()).toBe("STATE_LOCKED");
  });

  test("is free at once when the process that held it is killed", async () => {
    const place = temporaryPlace();
    const child = startChild("locking-process.ts", [place.directory]);
    expect(await child.line()).toBe("open");
    expect(refusal(place).code).toBe("STATE_LOCKED");
    await child.kill();
    expect(place.open().append([draft("a")], observer, {})).toHaveLength(1);
  });

  test("does not keep others from reading", () => {
    const place = temporaryPlace();
    place.open().append([draft("a")], observer, {});
    expect(place.database().prepare("SELECT id FROM event").all()).toMatchObject([{ id: "a:scheduled" }]);
  });
});
