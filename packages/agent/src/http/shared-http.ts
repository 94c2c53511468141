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
  of(sink: SinkHttpSettings): SinkHttp;
  close(): Promise<void>;
}

/** Makes HTTP for sinks, a pool when it is first asked for; what a pool logs bears the names of all sinks that asked. */
export function createSharedHttp(context: {
  readonly environment: Environment;
  readonly clock: Clock;
  readonly log: Logger;
}): SharedHttp {
  const pools = new Map<string, { readonly http: SinkHttp; readonly names: Set<string> }>();
  return {
    of({ name, proxy, tls }) {
      const settings = JSON.stringify([proxy, tls?.ca, tls?.cert, tls?.key, tls?.passphrase]);
      let pool = pools.get(settings);
      if (pool === undefined) {
        const names = new Set<string>();
        const log = namedLogger(context.log, () => [...names].join(", "));
        pool = { http: createSinkHttp({ ...context, proxy, tls, log }), names };
        pools.set(settings, pool);
      }
      pool.names.add(name);
      return pool.http;
    },
    async close() {
      await Promise.all([...pools.values()].map(({ http }) => http.close()));
    },
  };
}
