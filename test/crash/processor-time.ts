import { readFileSync } from "node:fs";

const msPerTick = 10;

/** The processor time that a process has used, in milliseconds; null where the system does not say, or it is gone. */
export function processorMs(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name, in parentheses, may hold spaces (proc(5), fields 14 and 15: utime and stime).
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return (Number(fields[11]) + Number(fields[12])) * msPerTick;
  } catch {
    return null;
  }
}
