import { MisconfiguredError, type RequestFunction, RetryError } from "@forewarn/sdk";
import send from "undici/lib/api/api-request.js";
import Agent from "undici/lib/dispatcher/agent.js";
import { guardedConnector } from "./guard.ts";

/** HTTP for sinks, over one pool of connections. */
export interface SinkHttp {
  readonly request: RequestFunction;
  readonly fetch: typeof fetch;
  close(): Promise<void>;
}

const keepAliveMs = 30_000;

/** Opens the pool: no redirects, no proxy, forbidden addresses refused on the connected address. */
export function createSinkHttp(): SinkHttp {
  const pool = new Agent({
    connect: guardedConnector({ timeout: 10_000 }),
    keepAliveTimeout: keepAliveMs,
    headersTimeout: 0,
    bodyTimeout: 0,
  });

  const request: RequestFunction = async (url, options = {}) => {
    const { origin, pathname, search } = target(url);
    const { method = "GET", headers, body, signal } = options;
    try {
      return await send.call(pool, {
        origin,
        path: pathname + search,
        method,
        ...(headers === undefined ? {} : { headers }),
        ...(body === undefined ? {} : { body }),
        ...(signal === undefined ? {} : { signal }),
      });
    } catch (error) {
      throw meaningOf(error, origin);
    }
  };

  return {
    request,
    fetch: async (input, init) => {
      const { fetch } = await import("undici");
      return (fetch as unknown as typeof globalThis.fetch)(input, {
        ...init,
        redirect: "manual",
        dispatcher: pool,
      } as unknown as RequestInit);
    },
    close: () => pool.destroy(),
  };
}

function target(url: string | URL): URL {
  const parsed = URL.parse(String(url));
  if (parsed === null || !/^https?:$/.test(parsed.protocol)) {
    throw new MisconfiguredError("the URL is not an http or https URL");
  }
  return parsed;
}

const certificate = /^(CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|ERR_TLS_CERT|ERR_SSL_)/;

/** What a request without an answer means: a refused address or a bad certificate needs a person, all else a retry. */
function meaningOf(error: unknown, origin: string): unknown {
  const { code, message, name } = error as { code?: string; message?: string; name?: string };
  if (code?.startsWith("FOREWARN_") === true || name === "AbortError") return error;
  const why = code === undefined || message?.includes(code) === true ? message : `${message} (${code})`;
  if (code !== undefined && certificate.test(code)) {
    return new MisconfiguredError(`the certificate of ${origin} was not accepted: ${why}`, { cause: error });
  }
  return new RetryError(`no answer from ${origin}: ${why === "" ? name : why}`, { cause: error });
}
