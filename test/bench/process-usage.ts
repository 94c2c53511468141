import { existsSync, readdirSync, readFileSync } from "node:fs";

/** Whether this system tells what a process uses: Linux only. */
export const usageIsKnown = existsSync("/proc/self/stat");

const msPerTick = 10;

/**
 * The CPU time that a running process has used so far, milliseconds: the scheduler's nanoseconds of all its threads,
 * or, where the kernel does not count them, utime + stime in steps of 10 ms.
 */
export function cpuMs(pid: number): number {
  const tasks = `/proc/${pid}/task`;
  try {
    const runs = readdirSync(tasks).map((task) => readFileSync(`${tasks}/${task}/schedstat`, "utf8"));
    return runs.reduce((total, run) => total + Number(run.split(" ")[0]), 0) / 1e6;
  } catch {
    // The program's name stands in brackets and may hold spaces.
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
    return (Number(fields[11]) + Number(fields[12])) * msPerTick;
  }
}

/** Megabytes in use by a process. */
export interface Memory {
  /** VmRSS: everything resident, shared pages of Node's own binary included. */
  readonly rss: number;
  /** VmHWM: the highest RSS so far. */
  readonly peak: number;
  /** Shared pages divided among those who share them; null where the kernel does not tell. */
  readonly pss: number | null;
}

/** What a running process holds now. */
export function memoryOf(pid: number): Memory {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return {
    rss: megabytes(status, "VmRSS") ?? Number.NaN,
    peak: megabytes(status, "VmHWM") ?? Number.NaN,
    pss: rollup(pid),
  };
}

function rollup(pid: number): number | null {
  try {
    return megabytes(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"), "Pss");
  } catch {
    return null;
  }
}

function megabytes(text: string, name: string): number | null {
  const kilobytes = new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(text)?.[1];
  return kilobytes === undefined ? null : Number(kilobytes) / 1024;
}
