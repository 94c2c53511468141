import {
  createHttpClient,
  type HttpClient,
  type HttpFailure,
  type HttpRequest,
  type HttpResponse,
} from "./http-client.ts";

/** A request that was given up: by its deadline, by the caller's signal (`cause` = its reason), or by `close`. */
export interface Interruption {
  readonly kind: "timeout" | "aborted";
  /** Whether there was a TCP connection by then. */
  readonly connected: boolean;
  readonly cause?: unknown;
}

/** What became of an exchange. */
export type Outcome = HttpResponse | HttpFailure | Interruption;

/** When to give up an exchange; the timeout covers connecting, a second attempt and reading the body. */
export interface Limits {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** Exchanges with one origin: as many connections as requests at once, one of them kept alive between requests. */
export interface Transport {
  /** Never rejects. A GET that met a dead kept-alive connection is sent a second time, at once, over a new one. */
  exchange(request: HttpRequest, limits: Limits): Promise<Outcome>;
  /** Gives up whatever is under way and all that comes later. */
  close(): void;
}

interface Watch {
  readonly interrupted: Promise<Interruption["kind"]>;
  stop(): void;
}

const watch = (timeoutMs: number, signals: readonly AbortSignal[]): Watch => {
  const { promise, resolve } = Promise.withResolvers<Interruption["kind"]>();
  const abort = (): void => resolve("aborted");
  const timer = setTimeout(() => resolve("timeout"), timeoutMs);
  for (const signal of signals) signal.addEventListener("abort", abort);
  if (signals.some((signal) => signal.aborted)) abort();
  return {
    interrupted: promise,
    stop() {
      clearTimeout(timer);
      for (const signal of signals) signal.removeEventListener("abort", abort);
    },
  };
};

/** Opens no connection before the first exchange. */
export const createTransport = (origin: string, maxResponseBytes: number): Transport => {
  const closing = new AbortController();
  let idle: HttpClient | undefined;

  const takeIdle = (): HttpClient | undefined => {
    const client = idle;
    idle = undefined;
    return client;
  };

  const attempt = async (
    request: HttpRequest,
    kept: HttpClient | undefined,
    interrupted: Watch["interrupted"],
    cause: () => unknown,
  ): Promise<Outcome> => {
    const client = kept ?? createHttpClient(origin, maxResponseBytes);
    const outcome = await Promise.race([
      interrupted.then((kind): Interruption => ({ kind, connected: client.connected(), cause: cause() })),
      client.send(request),
    ]);
    if (outcome.kind === "response" && idle === undefined && !closing.signal.aborted) idle = client;
    else client.destroy();
    return outcome;
  };

  return {
    async exchange(request, { timeoutMs, signal }) {
      const cause = (): unknown => signal?.reason;
      if (closing.signal.aborted || signal?.aborted)
        return { kind: "aborted", connected: false, cause: cause() };
      const { interrupted, stop } = watch(timeoutMs, signal ? [signal, closing.signal] : [closing.signal]);
      try {
        // A POST is not repeated blindly, so it does not go over a connection that may have died meanwhile.
        const kept = request.method === "GET" ? takeIdle() : undefined;
        const outcome = await attempt(request, kept, interrupted, cause);
        const again = kept !== undefined && outcome.kind === "connection-lost" && outcome.stale;
        return again ? await attempt(request, undefined, interrupted, cause) : outcome;
      } finally {
        stop();
      }
    },
    close() {
      closing.abort();
      idle?.destroy();
      idle = undefined;
    },
  };
};
