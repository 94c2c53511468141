import { type Clock, type Logger, MisconfiguredError, type RequestFunction } from "@forewarn/sdk";
import { systemClock } from "../time/clock.ts";
import { silentLogger } from "../logger.ts";
import { meaningOf } from "./failure.ts";
import { exchange } from "./exchange.ts";
import { createFetch } from "./fetch.ts";
import { isForbidden, refusalOf } from "./guard.ts";
import { createPools, type Way } from "./pools.ts";
import { createProxyFor, type Environment, type ProxyFor } from "./proxy.ts";
import type { TlsFiles } from "./tls-reading.ts";
import { createTlsSource } from "./tls-source.ts";

/** HTTP for sinks: no redirects, link-local addresses and Azure's wire server refused, connections kept in pools. */
export interface SinkHttp {
  readonly request: RequestFunction;
  readonly fetch: typeof fetch;
  readonly proxyFor: ProxyFor;
  /** Ends what is under way. */
  close(): Promise<void>;
}

/** How sinks reach their destinations; everything optional. */
export interface SinkHttpOptions {
  /** The URL of the proxy for every request, or `off`; without it the environment decides. */
  readonly proxy?: string | undefined;
  /** Authorities to trust beside Node's own, and a client certificate; read when first needed, and anew when they change. */
  readonly tls?: TlsFiles | undefined;
  /** Where HTTPS_PROXY, HTTP_PROXY and NO_PROXY are looked up. Default `process.env`. */
  readonly environment?: Environment | undefined;
  readonly clock?: Clock;
  /** Told of TLS files that expire or have become unusable. Default: nobody. */
  readonly log?: Logger;
}

/** Makes HTTP for sinks; connects when first used. */
export function createSinkHttp(options: SinkHttpOptions = {}): SinkHttp {
  const { clock = systemClock, log = silentLogger, tls } = options;
  const proxyFor = createProxyFor(options.proxy, options.environment ?? process.env);
  const pools = createPools(tls === undefined ? undefined : createTlsSource(tls, { clock, log }));

  /** The last place that was asked for: mostly it is always the same. */
  let known: { readonly text: string; readonly url: URL; readonly proxy: URL | undefined } | undefined;

  function placeOf(text: string) {
    if (known?.text === text) return known;
    const url = target(text);
    const proxy = proxyFor(url);
    // Of a direct connection the guard looks at the address that was reached, too.
    if (proxy !== undefined && isForbidden(url.hostname)) throw refusalOf(url.hostname);
    return (known = { text, url, proxy });
  }

  async function wayTo(to: string | URL): Promise<Way> {
    const { url, proxy } = placeOf(String(to));
    return { url, proxy, pool: await pools.by(proxy) };
  }

  return { request: createRequest(wayTo), fetch: createFetch(wayTo), proxyFor, close: () => pools.close() };
}

function createRequest(wayTo: (url: string | URL) => Promise<Way>): RequestFunction {
  return async (to, options = {}) => {
    const { method = "GET", headers, body, signal } = options;
    const { url, proxy, pool } = await wayTo(to);
    signal?.throwIfAborted();
    try {
      const sent = {
        origin: url.origin,
        path: url.pathname + url.search,
        method,
        ...(headers === undefined ? {} : { headers }),
        ...(body === undefined ? {} : { body }),
      };
      return await exchange(pool, sent, signal);
    } catch (error) {
      // Whoever aborts gets back the reason that he gave.
      throw signal?.aborted === true ? error : meaningOf(error, url.origin, proxy);
    }
  };
}

function target(text: string): URL {
  const parsed = URL.parse(text);
  if (parsed === null || !/^https?:$/.test(parsed.protocol)) {
    throw new MisconfiguredError("the URL is not an http or https URL");
  }
  if (parsed.username + parsed.password !== "") {
    throw new MisconfiguredError(
      `the URL of ${parsed.origin} holds a user or a password, which are not sent: use a header`,
    );
  }
  return parsed;
}
