import { join } from "node:path";
import type { Place } from "./forewarn.ts";

/** What a test wants of its configuration. */
export interface Wanted {
  /** Where IMDS is; without it the default address. */
  readonly imds?: string;
  /** More of `imds`: `{ requestTimeout: "1s" }`. */
  readonly asking?: Readonly<Record<string, unknown>>;
  readonly sinks: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** The `metadata` section; without it no sink gets what is told of the VM itself, so that a test counts what it is about. */
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** How often `agent.heartbeat` is told. */
  readonly heartbeat?: string;
  readonly shutdownTimeout?: string;
  /** The approval policy, as the file has it. */
  readonly approve?: unknown;
  /** Where the admin server listens; default off, since many agents run at once. */
  readonly admin?: string;
  /** The name of the file; default `forewarn.json`. */
  readonly name?: string;
}

/** Writes a configuration that polls every 100 ms and keeps its state in the place, and returns the file's path. */
export function configured(
  place: Place,
  { imds, asking, sinks, metadata, heartbeat, shutdownTimeout, admin, approve, name }: Wanted,
): string {
  const endpoint = imds === undefined ? {} : { endpoint: imds };
  return place.file(
    name ?? "forewarn.json",
    JSON.stringify({
      imds: { ...endpoint, pollInterval: "100ms", ...asking },
      state: { path: join(place.path, "state") },
      admin: admin === undefined ? "off" : { listen: admin },
      ...(approve === undefined ? {} : { approve }),
      ...(shutdownTimeout === undefined ? {} : { shutdownTimeout }),
      ...(heartbeat === undefined ? {} : { heartbeat }),
      ...(metadata === undefined ? {} : { metadata }),
      sinks: metadata === undefined ? withoutInstanceEvents(sinks) : sinks,
    }),
  );
}

function withoutInstanceEvents(sinks: Wanted["sinks"]): Wanted["sinks"] {
  const filters = [{ not: { prefix: { type: "io.forewarn.instance." } } }];
  return Object.fromEntries(
    Object.entries(sinks).map(([name, sink]) => [
      name,
      { ...sink, when: { filters, ...(sink["when"] as object | undefined) } },
    ]),
  );
}

/** A file sink that writes `events.ndjson` into the place. */
export function fileSink(place: Place): Readonly<Record<string, unknown>> {
  return { type: "file", options: { path: join(place.path, "events.ndjson") } };
}
