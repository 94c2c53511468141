import { MisconfiguredError, checkAll, defineSink } from "@forewarn/sdk";
import { type FileOptions, options } from "./file-options.ts";
import { openRotatingFile } from "./rotating-file.ts";
import { openStandardOutput } from "./standard-output.ts";

/** What means nothing on standard output, with its default. */
const ofFiles = { rotateSize: "100MB", rotateDaily: false, keep: 7, gzip: false, fsync: "always" } as const;

/**
 * Appends events to a file, one JSON text per line, on disk before a batch is settled. No linger: what one poll found
 * comes as one batch anyway, and what comes while a batch is synced waits and shares the next sync.
 */
export const file = defineSink({
  type: "file",
  summary: "Appends events to a file, or writes them to standard output, one JSON text per line.",
  options,
  batch: { maxEvents: 1000, maxBytes: "4MB", linger: "0ms" },
  check: checkOptions,
  open(given, context) {
    checkOptions(given);
    return given.path === "-" ? openStandardOutput(process.stdout) : openRotatingFile(given, context);
  },
});

function checkOptions(given: FileOptions): void {
  // Where standard output is a file, /dev/stdout is that file, with others' content in it.
  if (/^\/(?:dev\/(?!shm\/)|proc\/)/.test(given.path)) {
    throw new MisconfiguredError(
      `option path: ${given.path} is no place for a file; write path: "-" for standard output`,
    );
  }
  if (given.path !== "-") return;
  const meaningless = Object.entries(ofFiles).filter(
    ([option, usual]) => given[option as keyof FileOptions] !== usual,
  );
  checkAll(
    meaningless.map(([option]) => () => {
      throw new MisconfiguredError(
        `option ${option}: means nothing on standard output (path: "-"); remove it, or give the path of a file`,
      );
    }),
  );
}
