import type { Dispatcher } from "undici";
import Agent from "undici/lib/dispatcher/agent.js";
import { guardedConnector } from "./guard.ts";
import { connectSettings, poolSettings } from "./pool-settings.ts";
import type { TlsMaterial, TlsSource } from "./tls-source.ts";

/** The pools of connections of one set of settings: one for direct connections, one for each proxy. */
export interface Pools {
  /** The pool for a proxy, or for direct connections; throws `MisconfiguredError` where TLS files are unusable. */
  by(proxy: URL | undefined): Promise<Dispatcher>;
  /** Ends what is under way. */
  close(): Promise<void>;
}

/** Where a request goes, and the pool that brings it there. */
export interface Way {
  readonly url: URL;
  readonly proxy: URL | undefined;
  readonly pool: Dispatcher;
}

/** Opens pools when they are first needed, and anew when the files of `tls` have changed. */
export function createPools(tls: TlsSource | undefined): Pools {
  const pools = new Map<string, Promise<Dispatcher>>();
  let material: TlsMaterial | undefined;

  async function open(proxy: URL | undefined): Promise<Dispatcher> {
    if (proxy === undefined) {
      return new Agent({
        ...poolSettings,
        connect: guardedConnector(connectSettings(material?.target)),
      });
    }
    const { createProxiedPool } = await import("./proxied-pool.ts");
    const isSecure = proxy.protocol === "https:";
    return createProxiedPool(proxy, {
      target: material?.target,
      proxy: isSecure ? material?.proxy() : undefined,
    });
  }

  /** What is under way ends as it began; only new requests use the new files. */
  function renew(next: TlsMaterial | undefined): void {
    if (next === material) return;
    material = next;
    const old = [...pools.values()];
    pools.clear();
    // Whoever was given one of them in this turn has begun with it in the next.
    setImmediate(() => {
      for (const pool of old) void pool.then((each) => each.close()).catch(() => {});
    });
  }

  return {
    async by(proxy) {
      renew(await tls?.current());
      const key = proxy?.href ?? "";
      const pool = pools.get(key) ?? open(proxy);
      pools.set(key, pool);
      return pool;
    },
    async close() {
      const all = [...pools.values()].map(async (pool) => (await pool).destroy());
      await Promise.all(all);
    },
  };
}
