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
  /** For connecting alone. Default: `timeoutMs`. */
  readonly connectTimeoutMs?: number | undefined;
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
  timedOut(): void;
  stop(): void;
}

/** The longest that a timer can wait. */
const NEVER = 2 ** 31 - 1;

const watch = (timeoutMs: number, signals: readonly AbortSignal[]): Watch => {
  const { promise, resolve } = Promise.withResolvers<Interruption["kind"]>();
  const abort = (): void => resolve("aborted");
  const timedOut = (): void => resolve("timeout");
  const timer = setTimeout(timedOut, timeoutMs);
  for (const signal of signals) signal.addEventListener("abort", abort);
  if (signals.some((signal) => signal.aborted)) abort();
  return {
    interrupted: promise,
    timedOut,
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
    watched: Watch,
    { connectTimeoutMs, signal }: Limits,
  ): Promise<Outcome> => {
    const client = kept ?? createHttpClient(origin, maxResponseBytes);
    const connecting = setTimeout(() => {
      if (!client.connected()) watched.timedOut();
    }, connectTimeoutMs ?? NEVER);
    const outcome = await Promise.race([
      watched.interrupted.then((kind): Interruption => ({
        kind,
        connected: client.connected(),
        cause: signal?.reason,
      })),
      client.send(request),
    ]);
    clearTimeout(connecting);
    if (outcome.kind === "response" && idle === undefined && !closing.signal.aborted) idle = client;
    else client.destroy();
    return outcome;
  };

  return {
    async exchange(request, limits) {
      const { timeoutMs, signal } = limits;
      if (closing.signal.aborted || signal?.aborted) {
        return { kind: "aborted", connected: false, cause: signal?.reason };
      }
      const watched = watch(timeoutMs, signal ? [signal, closing.signal] : [closing.signal]);
      try {
        // A POST is not repeated blindly, so it does not go over a connection that may have died meanwhile.
        const kept = request.method === "GET" ? takeIdle() : undefined;
        const outcome = await attempt(request, kept, watched, limits);
        const again = kept !== undefined && outcome.kind === "connection-lost" && outcome.stale;
        return again ? await attempt(request, undefined, watched, limits) : outcome;
      } finally {
        watched.stop();
      }
    },
    close() {
      closing.abort();
      idle?.destroy();
      idle = undefined;
    },
  };
};
