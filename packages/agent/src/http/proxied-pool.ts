import type { SecureContext } from "node:tls";
import { formatDuration, RetryError } from "@forewarn/sdk";
import type { buildConnector, Dispatcher } from "undici";
import connect from "undici/lib/api/api-connect.js";
import Pool from "undici/lib/dispatcher/pool.js";
import ProxyAgent from "undici/lib/dispatcher/proxy-agent.js";
import { meaningOf } from "./failure.ts";
import { guardedConnector, keepAlert } from "./guard.ts";
import { connectMs, connectSettings, poolSettings } from "./pool-settings.ts";
import { refusalBy, whom } from "./proxy-refusal.ts";

/** What TLS uses, each undefined for Node's own. */
export interface TlsContexts {
  readonly target: SecureContext | undefined;
  readonly proxy: SecureContext | undefined;
}

/**
 * A pool whose connections are made through an HTTP proxy: https by CONNECT, http forwarded, as undici's ProxyAgent does
 * it. What goes wrong between here and the proxy is told as a delivery error that names the proxy, never its password;
 * one that has not answered CONNECT after `patienceMs` (default 10 s) is not waited for.
 */
export function createProxiedPool(proxy: URL, tls: TlsContexts, patienceMs: number = connectMs): Dispatcher {
  const toProxy = () =>
    new Pool(proxy.origin, { ...poolSettings, connect: proxyConnector(proxy, tls.proxy) });
  return new ProxyAgent({
    ...poolSettings,
    uri: proxy.href,
    requestTls: connectSettings(tls.target),
    clientFactory: () => withTunnels(toProxy(), proxy, patienceMs),
    // undici asks here also for the pool by which it forwards http.
    factory: (origin, options) =>
      String(origin) === proxy.href ? toProxy() : new Pool(origin, keepingAlerts(options as Pool.Options)),
  });
}

function keepingAlerts(options: Pool.Options): Pool.Options {
  const connect = options.connect as buildConnector.connector;
  return {
    ...options,
    connect(target, callback) {
      connect(target, (...result: Parameters<buildConnector.Callback>) => {
        keepAlert(result[1]);
        callback(...result);
      });
    },
  };
}

function proxyConnector(proxy: URL, context: SecureContext | undefined): buildConnector.connector {
  const connectTo = guardedConnector(connectSettings(context), "proxy");
  return ({ hostname, host, protocol, port, localAddress }, callback) => {
    // No servername: TLS takes it from the host, where that is a name.
    const target = { hostname, protocol, port, ...(host && { host }), ...(localAddress && { localAddress }) };
    connectTo(target, (...[error, socket]: Parameters<buildConnector.Callback>) => {
      if (error === null) callback(null, socket);
      else callback(meaningOf(error, whom(proxy)) as Error, null);
    });
  };
}

/** Gives a pool to the proxy the `connect` that ProxyAgent asks of it, which fails in words where the proxy refuses. */
function withTunnels(pool: Pool, proxy: URL, patienceMs: number): Pool {
  return Object.assign(pool, {
    async connect(options: Dispatcher.ConnectOptions): Promise<Dispatcher.ConnectData> {
      const patience = AbortSignal.timeout(patienceMs);
      try {
        const answer = await connect.call(pool, { ...options, signal: patience });
        if (answer.statusCode === 200) return answer;
        answer.socket.on("error", () => {}).destroy();
        throw refusalBy(proxy, answer.statusCode);
      } catch (error) {
        if (!patience.aborted) throw meaningOf(error, whom(proxy));
        throw new RetryError(`no answer from ${whom(proxy)} within ${formatDuration(patienceMs)}`);
      }
    },
  });
}
