import { execFile } from "node:child_process";
import { oneLine } from "@forewarn/sdk";

/** Brings assignments such as `READY=1` to systemd, one call after the other; rejects with a sentence for people. */
export type SendNotification = (assignments: readonly string[]) => Promise<void>;

/** systemd-notify waits up to 5 s until systemd has read the message; longer than that, something is wrong. */
const patienceMs = 10_000;

/**
 * Sends by systemd's own `systemd-notify` (docs/decisions/0078-systemd-notify-as-a-child.md). It waits until systemd has
 * read the message, since systemd must find the sender's unit while the sender lives; so the unit needs
 * `NotifyAccess=all`.
 */
export function createSendNotification(env: {
  readonly NOTIFY_SOCKET: string;
  readonly PATH?: string | undefined;
}): SendNotification {
  let last: Promise<unknown> = Promise.resolve();
  const call = (assignments: readonly string[]) =>
    new Promise<void>((resolve, reject) => {
      const options = { env: { ...env }, timeout: patienceMs };
      // `oneLine`: a line break would begin another assignment.
      execFile("systemd-notify", assignments.map(oneLine), options, (error, _, stderr) => {
        if (error === null) resolve();
        else reject(new Error(problemOf(error, stderr)));
      });
    });
  return (assignments) => {
    const next = last.then(() => call(assignments));
    last = next.catch(() => {});
    return next;
  };
}

function problemOf(error: Error & { readonly code?: unknown }, stderr: string): string {
  if (error.code === "ENOENT") return "there is no systemd-notify in PATH: it is part of systemd";
  return `systemd-notify failed: ${oneLine(stderr.trim()) || error.message}`;
}
