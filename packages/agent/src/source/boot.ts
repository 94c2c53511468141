import { readFileSync } from "node:fs";
import { uptime } from "node:os";

/**
 * Names the present boot of this machine: the kernel's boot id on Linux, else the time of the boot from the uptime,
 * which clock corrections move a little.
 */
export function readBootId(): string {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    return `booted:${Date.now() - Math.round(uptime() * 1000)}`;
  }
}

const tolerance = 60_000;

/** Whether two boot ids name the same boot; boot times may differ by a minute. */
export function sameBoot(a: string, b: string): boolean {
  const [first, second] = [bootTime(a), bootTime(b)];
  return first === null || second === null ? a === b : Math.abs(first - second) < tolerance;
}

function bootTime(id: string): number | null {
  return id.startsWith("booted:") ? Number(id.slice("booted:".length)) : null;
}
