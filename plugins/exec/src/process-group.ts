import { spawn } from "node:child_process";
import type { Clock, Logger } from "@forewarn/sdk";

/** Whether processes have groups here: a negative id signals one. */
export const hasGroups = process.platform !== "win32";

/**
 * From SIGTERM to SIGKILL. The agent gives a call up 1 s after its signal; by then nothing may be left of the run that
 * the next one would meet.
 */
const graceMs = 500;
const lookMs = 10;

/** The groups of all runs under way in this process. */
const running = new Set<number>();

const killAll = () => {
  for (const pid of running) signal(pid, "SIGKILL");
};

/** Notes that a group runs, so that it ends with this process, even by `process.exit`; call what is returned when it has ended. */
export function watchGroup(pid: number): () => void {
  if (running.size === 0) process.on("exit", killAll);
  running.add(pid);
  return () => {
    running.delete(pid);
    if (running.size === 0) process.off("exit", killAll);
  };
}

/**
 * Ends a process and all of its group: SIGTERM, and SIGKILL for what is left after half a second. Resolves when both
 * were sent or nothing is left. Windows knows only the hard way.
 */
export async function endGroup(pid: number, { clock, log }: { clock: Clock; log: Logger }): Promise<void> {
  if (!hasGroups) return endTree(pid, log);
  const until = clock.monotonic() + graceMs;
  let sent = signal(pid, "SIGTERM");
  while (sent === "sent" && clock.monotonic() < until) {
    await clock.sleep(lookMs);
    sent = signal(pid, 0);
  }
  if (sent === "sent") sent = signal(pid, "SIGKILL");
  if (sent === "forbidden") {
    log.warn("the command runs as another user and cannot be ended by the agent: it goes on", { pid });
  }
}

function signal(pid: number, name: NodeJS.Signals | 0): "sent" | "gone" | "forbidden" {
  try {
    process.kill(hasGroups ? -pid : pid, name);
    return "sent";
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM" ? "forbidden" : "gone";
  }
}

function endTree(pid: number, log: Logger): Promise<void> {
  return new Promise((resolve) => {
    const killer = spawn("taskkill", ["/PID", String(pid), "/T", "/F"], {
      stdio: "ignore",
      windowsHide: true,
    });
    killer.once("exit", () => resolve());
    killer.once("error", (error) => {
      log.warn(`the command could not be ended: ${error.message}`, { pid });
      resolve();
    });
  });
}
