import { stat } from "node:fs/promises";
import { createSecureContext, getCACertificates, type SecureContext } from "node:tls";
import { type Clock, type Logger, MisconfiguredError } from "@forewarn/sdk";
import { readTls } from "./tls-files.ts";
import type { TlsFiles, TlsFinding, TlsReading } from "./tls-reading.ts";

/** What a connection's TLS is made of. */
export interface TlsMaterial {
  /** To a destination: own trust and client certificate. */
  readonly target: SecureContext;
  /** To a proxy: own trust. */
  readonly proxy: () => SecureContext;
}

/** TLS settings from files that may be replaced while the agent runs. */
export interface TlsSource {
  /**
   * What the files hold, looked at every 10 s; the same object while they are the same. Throws `MisconfiguredError` where
   * they never were usable; files that have become unusable are warned of, and what they held before stays in use.
   */
  current(): Promise<TlsMaterial>;
}

const lookEveryMs = 10_000;

/** Watches these files; nothing is read before it is asked for. */
export function createTlsSource(
  files: TlsFiles,
  { clock, log }: { readonly clock: Clock; readonly log: Logger },
): TlsSource {
  let material: TlsMaterial | undefined;
  let seen = "";
  let lookedAt = 0;
  let looking: Promise<TlsMaterial> | undefined;

  async function look(): Promise<TlsMaterial> {
    const marks = await marksOf(files);
    if (material === undefined || marks !== seen) material = await read();
    seen = marks;
    lookedAt = clock.monotonic();
    return material;
  }

  async function read(): Promise<TlsMaterial> {
    const reading = await readTls(files, clock.now());
    for (const finding of reading.warnings) log.warn(sentenceOf(finding));
    const [problem] = reading.problems;
    if (problem === undefined) {
      if (material !== undefined) log.info("tls: the changed files are in use from now on");
      return materialOf(reading);
    }
    if (material === undefined) throw new MisconfiguredError(sentenceOf(problem));
    log.warn(`${sentenceOf(problem)}; what was there before stays in use`);
    return material;
  }

  return {
    async current() {
      if (material !== undefined && clock.monotonic() - lookedAt < lookEveryMs) return material;
      looking ??= look().finally(() => (looking = undefined));
      return looking;
    },
  };
}

/** A finding as a sentence: `tls.ca: cannot read /x: there is no such file; correct the path`. */
function sentenceOf({ key, message, suggestion }: TlsFinding): string {
  return `tls.${key}: ${message}; ${suggestion}`;
}

function materialOf({ authorities, identity }: TlsReading): TlsMaterial {
  const ca = authorities.length === 0 ? {} : { ca: [...getCACertificates("default"), ...authorities] };
  // 13 ms and 1 MB each, with all of Node's authorities.
  return { target: createSecureContext({ ...ca, ...identity }), proxy: () => createSecureContext(ca) };
}

/** What changes when a file is written or replaced. */
async function marksOf({ ca, cert, key }: TlsFiles): Promise<string> {
  const marks = [ca, cert, key].map(async (path) => {
    if (path === undefined) return "";
    const found = await stat(path, { bigint: true }).catch(() => undefined);
    return found === undefined ? "gone" : `${found.ino} ${found.size} ${found.mtimeNs}`;
  });
  return (await Promise.all(marks)).join();
}
