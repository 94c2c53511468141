import { MisconfiguredError, type RequestFunction } from "@forewarn/sdk";
import send from "undici/lib/api/api-request.js";
import Agent from "undici/lib/dispatcher/agent.js";
import { meaningOf } from "./failure.ts";
import { guardedConnector } from "./guard.ts";
import { limited } from "./limited-body.ts";
import { createProxyFor, type Environment, type ProxyFor } from "./proxy.ts";

/** HTTP for sinks, over one pool of connections. */
export interface SinkHttp {
  readonly request: RequestFunction;
  readonly fetch: typeof fetch;
  readonly proxyFor: ProxyFor;
  /** Ends what is under way. */
  close(): Promise<void>;
}

/** How sinks reach their destinations. */
export interface SinkHttpOptions {
  /** The URL of the proxy for every request, or `off`; without it the environment decides. */
  readonly proxy?: string;
  /** Where HTTPS_PROXY, HTTP_PROXY and NO_PROXY are looked up. Default `process.env`. */
  readonly environment?: Environment;
}

const keepAliveMs = 30_000;

/** Opens the pool: no redirects, no proxy, forbidden addresses refused on the connected address. */
export function createSinkHttp(options: SinkHttpOptions = {}): SinkHttp {
  const proxyFor = createProxyFor(options.proxy, options.environment ?? process.env);
  const pool = new Agent({
    connect: guardedConnector({ timeout: 10_000, allowH2: false }),
    allowH2: false,
    keepAliveTimeout: keepAliveMs,
    headersTimeout: 0,
    bodyTimeout: 0,
  });

  const request: RequestFunction = async (url, options = {}) => {
    const { origin, pathname, search } = target(url);
    const { method = "GET", headers, body, signal } = options;
    signal?.throwIfAborted();
    try {
      const {
        statusCode,
        headers: received,
        body: answer,
      } = await send.call(pool, {
        origin,
        path: pathname + search,
        method,
        ...(headers === undefined ? {} : { headers }),
        ...(body === undefined ? {} : { body }),
        ...(signal === undefined ? {} : { signal }),
      });
      return { statusCode, headers: received, body: limited(answer) };
    } catch (error) {
      // Whoever aborts gets back the reason that he gave.
      throw signal?.aborted === true ? error : meaningOf(error, origin);
    }
  };

  return {
    request,
    fetch: async (input, init) => {
      const [url, options] = await native(input, init);
      const { origin } = target(url);
      const { fetch } = await import("undici");
      try {
        return await (fetch as unknown as typeof globalThis.fetch)(url, {
          ...options,
          redirect: "manual",
          dispatcher: pool,
        } as unknown as RequestInit);
      } catch (error) {
        throw options.signal?.aborted === true ? error : meaningOf(error, origin);
      }
    },
    proxyFor,
    close: () => pool.destroy(),
  };
}

/** Node's own `Request` and `FormData` are foreign to undici's fetch, which would take them for texts. */
async function native(
  input: Parameters<typeof fetch>[0],
  init: RequestInit = {},
): Promise<[string | URL, RequestInit]> {
  if (input instanceof Request) {
    const { url, method, headers, body, signal } = input;
    return native(url, {
      method,
      headers,
      signal,
      ...(body === null ? {} : { body, duplex: "half" }),
      ...init,
    });
  }
  if (!(init.body instanceof FormData)) return [input, init];
  const encoded = new Response(init.body);
  const headers = new Headers(init.headers);
  headers.set("content-type", encoded.headers.get("content-type") as string);
  return [input, { ...init, headers, body: await encoded.arrayBuffer() }];
}

function target(url: string | URL): URL {
  const parsed = URL.parse(String(url));
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
