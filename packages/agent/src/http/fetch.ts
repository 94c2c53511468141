import { meaningOf } from "./failure.ts";
import type { Way } from "./pools.ts";

/** The global fetch, over the same ways as `request`; loads all of undici when first called. */
export function createFetch(wayTo: (url: string | URL) => Promise<Way>): typeof fetch {
  return async (input, init) => {
    const [to, options] = await native(input, init);
    const { url, proxy, pool } = await wayTo(to);
    const { fetch } = await import("undici");
    try {
      return await (fetch as unknown as typeof globalThis.fetch)(url, {
        ...options,
        redirect: "manual",
        dispatcher: pool,
      } as unknown as RequestInit);
    } catch (error) {
      throw options.signal?.aborted === true ? error : meaningOf(error, url.origin, proxy);
    }
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
