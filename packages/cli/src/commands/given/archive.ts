import { type Archive, openArchive, StateError, type StateErrorCode } from "@forewarn/agent";
import { parseDuration } from "@forewarn/sdk";
import { type Given, type OptionHelp, UsageError } from "../../command.ts";
import type { Place } from "../../config/place.ts";
import { renderProblems } from "../../config/problems/render.ts";
import { tellStateError } from "../../errors/tell-state-error.ts";
import { exitCode } from "../../exit-code.ts";
import type { Io } from "../../io.ts";
import { configOption, readPlace } from "./configuration.ts";

/** The options of every command that reads the state directory, beside a running agent or without one. */
export const archiveOptions: Readonly<Record<string, OptionHelp>> = {
  ...configOption,
  state: {
    type: "string",
    value: "DIR",
    help: "The state directory. Default: what the configuration says, else /var/lib/forewarn.",
  },
};

/** The exit code for what is wrong with a state directory. */
export const stateExitCodes: Readonly<Record<StateErrorCode, number>> = {
  STATE_BUSY: exitCode.temporary,
  STATE_LOCKED: exitCode.temporary,
  STATE_NOT_WRITABLE: exitCode.cannotCreate,
  STATE_NOT_READABLE: exitCode.cannotCreate,
  STATE_MISSING: exitCode.failed,
  STATE_TOO_NEW: exitCode.cannotCreate,
  STATE_DAMAGED: exitCode.failed,
};

/** Does work on the archive that was meant, with the names of the sinks where a configuration says them, and returns its exit code; what is wrong with it is told, and has a code of its own. */
export async function withArchive(
  given: { readonly command: string; readonly options: Given["options"]; readonly mode: "read" | "write" },
  io: Io,
  work: (archive: Archive, configured: readonly string[] | null) => number | Promise<number>,
): Promise<number> {
  const meant = await directoryOf(given.options, io);
  if (meant === null) return exitCode.config;
  try {
    using archive = openArchive(meant.statePath, given.mode);
    return await work(archive, meant.sinks);
  } catch (error) {
    if (!(error instanceof StateError)) throw error;
    tellStateError(given.command, error, io);
    return stateExitCodes[error.code];
  }
}

/** The state directory that was meant; null where the configuration does not say, and every problem has been told. */
async function directoryOf(
  options: Given["options"],
  io: Io,
): Promise<Pick<Place, "sinks" | "statePath"> | null> {
  const { state } = options;
  if (typeof state === "string") return { statePath: state, sinks: null };
  const place = await readPlace(options, io);
  if (place.ok) return place;
  io.stderr.write(renderProblems(place.problems, place.excerpt));
  return null;
}

/** The moment (epoch milliseconds) that `--since` or `--until` means: a duration before now, or a time. */
export function momentOf(
  option: "since" | "until",
  { [option]: given }: Given["options"],
  now: number,
): number | undefined {
  if (typeof given !== "string") return undefined;
  const time = /^\d{4}-/.test(given) ? Date.parse(given) : Number.NaN;
  if (!Number.isNaN(time)) return time;
  try {
    return now - parseDuration(given);
  } catch {
    throw new UsageError(
      `--${option} takes a duration such as 2h or 7d, or a time such as 2026-11-28T06:00:00Z, got ${JSON.stringify(given)}`,
    );
  }
}
