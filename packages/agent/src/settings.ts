import {
  type AnySinkDefinition,
  type BatchLimits,
  defaultsOf,
  parseDuration,
  parseSize,
  secretValues,
  type When,
} from "@forewarn/sdk";
import type { ApprovalPolicy } from "./approval/policy.ts";
import type { SinkSettings } from "./delivery/sink-settings.ts";
import { httpSecrets } from "./http/secrets.ts";
import type { Environment } from "./http/proxy.ts";
import type { SinkHttpSettings } from "./http/shared-http.ts";
import type { TlsFiles } from "./http/tls-reading.ts";

/** What the agent is told; every time in milliseconds, every size in bytes, everything but `state.path` and `sinks` optional. */
export interface AgentOptions {
  readonly imds?: Partial<ImdsSettings>;
  readonly metadata?: Partial<Omit<MetadataSettings, "tags">> & { readonly tags?: Partial<TagChoice> };
  /** How often `agent.heartbeat` is told; null, the default: never. */
  readonly heartbeatMs?: number | null;
  readonly state: { readonly path: string } & Partial<Omit<StateSettings, "path">>;
  /** How long `stop` may take. Default 10 s. */
  readonly shutdownTimeoutMs?: number;
  readonly sinks: readonly SinkOptions[];
  /** Where status, metrics and live events are told over HTTP while the agent runs. Default: nowhere. */
  readonly admin?: AdminAddress | false;
  /** Which events may start before their time; null, the default: none. Names of sinks in it that do not exist block it. */
  readonly approve?: ApprovalPolicy | null;
  /** Marks every event as simulated. */
  readonly simulated?: boolean;
}

/** Where the admin server listens; port 0 is any that is free. */
export interface AdminAddress {
  readonly host: string;
  readonly port: number;
}

/** How IMDS is asked. */
export interface ImdsSettings {
  /** Default `http://169.254.169.254`. */
  readonly endpoint: string;
  /** Default 1 s, as Azure recommends (Scheduled Events, "Polling frequency"). */
  readonly pollIntervalMs: number;
  /** Default 10 s: shorter ones break polls in production. */
  readonly requestTimeoutMs: number;
  /** How many requests there may be in a second, all together; one of the polls never waits for anything else. Default 2, more where `pollIntervalMs` is below 1 s: IMDS answers 5 per second for all processes of a VM. */
  readonly maxRequestsPerSecond: number;
  /** How long no good answer may come before `imds.unreachable` is told. Default 90 s, since IMDS may be gone for 70 s. */
  readonly unreachableAfterMs: number;
  /** A missing event is "before NotBefore" when the answer came this much earlier. Default 5 s. */
  readonly notBeforeToleranceMs: number;
}

/** How the VM's own metadata is watched, and what of it may be told. */
export interface MetadataSettings {
  /** How often the instance document is read. Default 60 s. */
  readonly intervalMs: number;
  /** How often the whole of it is told, also where nothing changed; null, the default: only at the start. */
  readonly heartbeatMs: number | null;
  /** JSON Pointers of what is never kept nor told, beside what never is; `*` and `**` stand for names. Default: none. */
  readonly redact: readonly string[];
  readonly tags: TagChoice;
}

/** Globs of the names of tags that events carry: those that match `include` and not `exclude`. Default: all. */
export interface TagChoice {
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}

/** Where and how much is kept. */
export interface StateSettings {
  readonly path: string;
  /** Default 30 d. */
  readonly retentionMs: number;
  /** Default 256 MB. */
  readonly retentionBytes: number;
  /** Default 1 GB. */
  readonly maxBytes: number;
}

/** One sink, as the agent is told of it. Its options must be valid; defaults of its definition are filled in. */
export interface SinkOptions {
  readonly name: string;
  readonly definition: AnySinkDefinition;
  readonly options?: unknown;
  /** Laid over the definition's own, key by key. */
  readonly when?: When;
  /** Laid over the definition's own, key by key. */
  readonly batch?: { readonly maxEvents?: number; readonly maxBytes?: number; readonly lingerMs?: number };
  /** Hard limit of one attempt. Default 15 s. */
  readonly timeoutMs?: number;
  /** Older events become dead letters. Default: never. */
  readonly maxAgeMs?: number;
  /** Where a sink that is new to this state directory begins. Default `now`. */
  readonly from?: "now" | "start";
  /** Default: the definition's own, else 1. */
  readonly concurrency?: number;
  /** The HTTP proxy of its requests, `http://` or `https://`, or `off`. Default: by HTTPS_PROXY, HTTP_PROXY and NO_PROXY. */
  readonly proxy?: string;
  /** PEM files: authorities that it trusts beside Node's own, a client certificate. Read when first needed, and anew when they change. */
  readonly tls?: TlsFiles;
  /** Values that must not be seen in messages, excerpts and dead letters, beside those of `proxy` and `tls`. Default: the secret options. */
  readonly secrets?: readonly string[];
}

/** The agent's settings with every default in place. */
export interface AgentSettings {
  readonly imds: ImdsSettings;
  readonly metadata: MetadataSettings;
  readonly heartbeatMs: number | null;
  readonly state: StateSettings;
  readonly shutdownTimeoutMs: number;
  readonly admin: AdminAddress | false;
  readonly sinks: readonly (SinkSettings & SinkHttpSettings & { readonly secrets: readonly string[] })[];
  readonly approve: ApprovalPolicy | null;
  readonly simulated: boolean;
}

const day = 24 * 3_600_000;

/** Fills in every default; proxies that a sink does not name are looked up in `environment`. */
export function settingsOf(options: AgentOptions, environment: Environment): AgentSettings {
  return {
    imds: {
      endpoint: "http://169.254.169.254",
      pollIntervalMs: 1000,
      requestTimeoutMs: 10_000,
      unreachableAfterMs: 90_000,
      notBeforeToleranceMs: 5000,
      ...options.imds,
      maxRequestsPerSecond:
        options.imds?.maxRequestsPerSecond ?? pollsPerSecond(options.imds?.pollIntervalMs ?? 1000) + 1,
    },
    metadata: {
      intervalMs: 60_000,
      heartbeatMs: null,
      redact: [],
      ...options.metadata,
      tags: { include: ["*"], exclude: [], ...options.metadata?.tags },
    },
    heartbeatMs: options.heartbeatMs ?? null,
    state: { retentionMs: 30 * day, retentionBytes: 256e6, maxBytes: 1e9, ...options.state },
    shutdownTimeoutMs: options.shutdownTimeoutMs ?? 10_000,
    admin: options.admin ?? false,
    sinks: options.sinks.map((sink) => sinkSettingsOf(sink, environment)),
    approve: options.approve ?? null,
    simulated: options.simulated ?? false,
  };
}

/** At most how many polls begin within a second. */
export function pollsPerSecond(pollIntervalMs: number): number {
  return Math.max(1, Math.ceil(1000 / pollIntervalMs));
}

function sinkSettingsOf(sink: SinkOptions, environment: Environment): AgentSettings["sinks"][number] {
  const { definition } = sink;
  const options = { ...defaultsOf(definition.options), ...(sink.options as object | undefined) };
  const limits = resolved<BatchLimits>(definition.batch, options) ?? {};
  return {
    name: sink.name,
    definition,
    options,
    when: { ...definition.when, ...sink.when },
    batch: {
      maxEvents: sink.batch?.maxEvents ?? limits.maxEvents ?? 100,
      maxBytes: sink.batch?.maxBytes ?? parseSize(limits.maxBytes ?? "256kB"),
      lingerMs: sink.batch?.lingerMs ?? parseDuration(limits.linger ?? "0ms"),
    },
    timeoutMs: sink.timeoutMs ?? 15_000,
    maxAgeMs: sink.maxAgeMs ?? null,
    from: sink.from ?? "now",
    concurrency: sink.concurrency ?? resolved<number>(definition.concurrency, options) ?? 1,
    proxy: sink.proxy,
    tls: sink.tls,
    secrets: [
      ...(sink.secrets ?? secretValues(definition.options, options)),
      ...httpSecrets(sink, environment),
    ],
  };
}

function resolved<T>(value: T | ((options: never) => T) | undefined, options: unknown): T | undefined {
  return typeof value === "function" ? (value as (options: unknown) => T)(options) : value;
}

const reloaded: ReadonlySet<string> = new Set(["approve", "sinks"]);

/** The sections that are told otherwise, all but those that a reload takes over. */
export function changedSections(before: AgentSettings, after: AgentSettings): readonly string[] {
  const sections = Object.keys(before).filter((name) => !reloaded.has(name)) as (keyof AgentSettings)[];
  return sections.filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
}
