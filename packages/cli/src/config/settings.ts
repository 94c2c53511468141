import { resolve } from "node:path";
import {
  type AdminAddress,
  type ApprovalPolicy,
  httpSecrets,
  type MetadataSettings,
  type TlsFiles,
} from "@forewarn/agent";
import { type AnySinkDefinition, parseDuration, parseSize, type When } from "@forewarn/sdk";
import { type BatchSize, parseBatch } from "./check/batch-size.ts";
import { addressOf, defaultListen } from "./check/check-admin.ts";
import { policyOf } from "./check/check-approve.ts";
import { tlsFilesOf } from "./check/check-http.ts";
import type { CheckedSink } from "./check/check-sinks.ts";
import { defaultStatePath } from "./default-path.ts";
import type { Substitution } from "./document/substitute.ts";
import { childOf, type Pointer } from "./pointer.ts";
import type { Warning } from "./problems/warning.ts";
import type { Knowledge } from "./schema/knowledge.ts";
import type { Config, SinkConfig } from "./schema/schema.ts";
import { secretsOf } from "./secrets/secrets.ts";
import type { Host } from "./source.ts";

/** A configuration as the program uses it: milliseconds and bytes, absolute paths, every default filled in. */
export interface BaseSettings {
  readonly imds: {
    readonly endpoint: string;
    readonly pollIntervalMs: number;
    readonly requestTimeoutMs: number;
    /** Default: by the poll interval. */
    readonly maxRequestsPerSecond?: number;
    readonly unreachableAfterMs: number;
    readonly notBeforeToleranceMs: number;
  };
  readonly metadata: MetadataSettings;
  /** Null: never. */
  readonly heartbeatMs: number | null;
  readonly state: {
    /** Absolute. */
    readonly path: string;
    readonly retentionMs: number;
    readonly retentionBytes: number;
    readonly maxBytes: number;
  };
  readonly log: Config["log"];
  /** Where the admin server listens; false: nowhere. */
  readonly admin: AdminAddress | false;
  /** Which events may start before their time; null: none. */
  readonly approve: ApprovalPolicy | null;
  readonly shutdownTimeoutMs: number;
}

/** One sink as the program uses it. */
export interface SinkSettings {
  readonly name: string;
  /** As it is written in the configuration. */
  readonly type: string;
  readonly definition: AnySinkDefinition;
  /** Validated by the definition's schema, defaults filled in. */
  readonly options: Readonly<Record<string, unknown>>;
  /** The definition's, the configuration's laid over it key by key. */
  readonly when: When;
  /** The definition's, the configuration's laid over it key by key. */
  readonly batch: BatchSize;
  readonly timeoutMs: number;
  readonly maxAgeMs?: number;
  readonly from: "now" | "start";
  /** The configuration's, else the definition's. */
  readonly concurrency?: number;
  /** The URL of a proxy, or `off`. */
  readonly proxy?: string;
  /** Absolute paths. */
  readonly tls?: TlsFiles;
  /** Texts that must never be seen, longest first, none empty. */
  readonly secrets: readonly string[];
}

/** Everything that the program was told. */
export interface Settings extends BaseSettings {
  /** The absolute path of the configuration file; words where there is none. */
  readonly file: string;
  /** The variables of the environment that are the configuration, where there is no file. */
  readonly variables?: readonly string[];
  readonly sinks: readonly SinkSettings[];
  /** What can be used, and should be known. */
  readonly warnings: readonly Warning[];
}

/** The settings of a valid configuration, its sinks left aside. */
export function baseSettings(
  { imds, metadata, state, log, admin, approve, heartbeat, shutdownTimeout }: Config,
  host: Pick<Host, "cwd" | "env" | "platform">,
): BaseSettings {
  return {
    imds: {
      endpoint: imds.endpoint,
      pollIntervalMs: parseDuration(imds.pollInterval),
      requestTimeoutMs: parseDuration(imds.requestTimeout),
      ...(imds.maxRequestsPerSecond === undefined ? {} : { maxRequestsPerSecond: imds.maxRequestsPerSecond }),
      unreachableAfterMs: parseDuration(imds.unreachableAfter),
      notBeforeToleranceMs: parseDuration(imds.notBeforeTolerance),
    },
    metadata: {
      intervalMs: parseDuration(metadata.interval),
      heartbeatMs: durationOrNull(metadata.heartbeat),
      redact: metadata.redact,
      tags: metadata.tags,
    },
    heartbeatMs: durationOrNull(heartbeat),
    state: {
      path: resolve(host.cwd, state.path ?? defaultStatePath(host)),
      retentionMs: parseDuration(state.retention),
      retentionBytes: parseSize(state.retentionSize),
      maxBytes: parseSize(state.maxSize),
    },
    log,
    admin: admin === "off" ? false : addressOf(admin.listen ?? defaultListen),
    approve: policyOf(approve),
    shutdownTimeoutMs: parseDuration(shutdownTimeout),
  };
}

function durationOrNull(text: string | undefined): number | null {
  return text === undefined ? null : parseDuration(text);
}

/** What a sink's settings depend on beside what is written of it. */
export interface SinkSurroundings {
  /** With `substitutions` it tells which values are secrets. */
  readonly knowledge: Knowledge;
  readonly substitutions: ReadonlyMap<Pointer, Substitution>;
  readonly env: Host["env"];
  /** The directory of the configuration file. */
  readonly directory: string;
}

/** The settings of one sink whose check found nothing wrong; `loaded` is its definition. */
export function sinkSettings(
  { name, options, declared }: CheckedSink,
  definition: AnySinkDefinition,
  config: SinkConfig,
  { knowledge, substitutions, env, directory }: SinkSurroundings,
): SinkSettings {
  const concurrency = config.concurrency ?? declared.concurrency;
  const parent = childOf(childOf("/sinks", name), "options");
  const tls = config.tls === undefined ? {} : { tls: tlsFilesOf(config.tls, directory) };
  const http = { ...(config.proxy === undefined ? {} : { proxy: config.proxy }), ...tls };
  const secrets = [...secretsOf(options, parent, knowledge, substitutions), ...httpSecrets(http, env)];
  return {
    name,
    type: config.type,
    definition,
    options: options as Readonly<Record<string, unknown>>,
    when: { ...definition.when, ...config.when },
    batch: { ...declared.batch, ...parseBatch(config.batch ?? {}) },
    timeoutMs: parseDuration(config.timeout),
    ...(config.maxAge === undefined ? {} : { maxAgeMs: parseDuration(config.maxAge) }),
    from: config.from,
    ...(concurrency === undefined ? {} : { concurrency }),
    ...http,
    secrets: secrets.toSorted((a, b) => b.length - a.length),
  };
}
