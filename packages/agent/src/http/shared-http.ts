import type { Clock, Logger } from "@forewarn/sdk";
import { namedLogger } from "../logger.ts";
import type { Environment } from "./proxy.ts";
import { createSinkHttp, type SinkHttp } from "./request.ts";
import type { TlsFiles } from "./tls-reading.ts";

/** What decides how a sink's requests travel. */
export interface SinkHttpSettings {
  readonly name: string;
  /** See `SinkOptions`. */
  readonly proxy: string | undefined;
  /** See `SinkOptions`. */
  readonly tls: TlsFiles | undefined;
}

/** HTTP for all sinks. */
export interface SharedHttp {
  /** That of one sink; sinks with the same settings share one pool of connections. */
  of(sink: string): SinkHttp;
  close(): Promise<void>;
}

/** Makes HTTP for these sinks. */
export function createSharedHttp(
  sinks: readonly SinkHttpSettings[],
  context: { readonly environment: Environment; readonly clock: Clock; readonly log: Logger },
): SharedHttp {
  const bySettings = Map.groupBy(sinks, ({ proxy, tls }) =>
    JSON.stringify([proxy, tls?.ca, tls?.cert, tls?.key, tls?.passphrase]),
  );
  const bySink = new Map<string, SinkHttp>();
  for (const group of bySettings.values()) {
    const names = group.map(({ name }) => name);
    const { environment, clock, log } = context;
    const http = createSinkHttp({
      proxy: group[0]?.proxy,
      tls: group[0]?.tls,
      environment,
      clock,
      log: namedLogger(log, names.join(", ")),
    });
    for (const name of names) bySink.set(name, http);
  }
  return {
    of(sink) {
      const http = bySink.get(sink);
      if (http === undefined) throw new Error(`no sink is named ${sink}`);
      return http;
    },
    async close() {
      await Promise.all([...new Set(bySink.values())].map((http) => http.close()));
    },
  };
}
