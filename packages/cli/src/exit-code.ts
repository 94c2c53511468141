/** The exit codes of every command, after sysexits(3) where it has one. */
export const exitCode = {
  ok: 0,
  /** The command ran and found a problem, or IMDS did not answer. */
  failed: 1,
  /** No agent is running, or none that could be asked (as `systemctl status`). */
  notRunning: 3,
  /** A wrong command line. */
  usage: 64,
  /** A fault of forewarn's own. */
  software: 70,
  /** The state directory cannot be written; after a run also: what was kept only in memory is lost. */
  cannotCreate: 73,
  /** Another agent has the state directory; or `run --once` left something. Try again later. */
  temporary: 75,
  /** A wrong configuration. */
  config: 78,
} as const;

/** What each of them means, in the words of the help. */
export const exitMeanings: readonly (readonly [code: number, meaning: string])[] = [
  [exitCode.ok, "done"],
  [exitCode.failed, "failed"],
  [exitCode.notRunning, "no agent running"],
  [exitCode.usage, "wrong command line"],
  [exitCode.software, "fault of forewarn"],
  [exitCode.cannotCreate, "state directory not writable"],
  [exitCode.temporary, "state directory in use or something left"],
  [exitCode.config, "wrong configuration"],
];
