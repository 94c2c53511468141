import { DatabaseSync } from "node:sqlite";

/** The disk under one state directory, as SQLite meets it. */
export interface Disk {
  /** `full`: nothing can be written. `late`: that shows only when a transaction is to be committed. */
  state: "well" | "full" | "late";
}

const disks = new Map<string, Disk>();
const known = new WeakMap<DatabaseSync, Disk | null>();

/** Puts a disk under every database that is opened in a directory from now on. */
export function createDisk(directory: string): Disk & { remove(): void } {
  const disk: Disk = { state: "well" };
  disks.set(directory, disk);
  return Object.assign(disk, { remove: () => void disks.delete(directory) });
}

function diskOf(database: DatabaseSync): Disk | null {
  let disk = known.get(database);
  if (disk === undefined) {
    const path = database.location();
    disk = path === null ? null : (disks.get(path.slice(0, path.lastIndexOf("/"))) ?? null);
    known.set(database, disk);
  }
  return disk;
}

/** What node:sqlite throws on a full disk. */
function full(): Error {
  return Object.assign(new Error("database or disk is full"), {
    code: "ERR_SQLITE_ERROR",
    errcode: 13,
    errstr: "database or disk is full",
  });
}

const { exec, prepare } = DatabaseSync.prototype;

// Real disks fail in the tests of the outbox, where mounting one for each of thousands of runs would take hours.
DatabaseSync.prototype.exec = function failingExec(sql: string): void {
  const state = diskOf(this)?.state ?? "well";
  if (state === "full" && (sql === "BEGIN IMMEDIATE" || sql.includes("CREATE TABLE"))) throw full();
  if (state !== "well" && sql === "COMMIT") {
    exec.call(this, "ROLLBACK");
    throw full();
  }
  exec.call(this, sql);
};

DatabaseSync.prototype.prepare = function failingPrepare(
  this: DatabaseSync,
  ...call
): ReturnType<typeof prepare> {
  const statement = prepare.apply(this, call);
  if (!/^(INSERT OR REPLACE INTO subscription|DELETE FROM lifecycle)/.test(call[0])) return statement;
  const run = statement.run.bind(statement);
  const disk = diskOf(this);
  statement.run = ((...values: Parameters<typeof run>) => {
    if (disk !== null && disk.state !== "well" && !this.isTransaction) throw full();
    return run(...values);
  }) as typeof run;
  return statement;
};
