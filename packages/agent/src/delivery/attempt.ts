import type { Clock } from "@forewarn/sdk";
import { type Outcome, outcomeOf } from "./outcome.ts";

const graceMs = 1000;

/**
 * Runs one call of a sink under a hard timeout: the signal aborts when the time is up or `stop` aborts; a call that has
 * not settled 1 s later is given up, and its late result ignored.
 */
export async function attempt(
  call: (signal: AbortSignal) => Promise<void> | void,
  options: { readonly clock: Clock; readonly timeoutMs: number; readonly stop: AbortSignal },
): Promise<Outcome> {
  const { clock, timeoutMs, stop } = options;
  const abort = new AbortController();
  const settled = new AbortController();
  const stopped = () => abort.abort(stop.reason);
  stop.addEventListener("abort", stopped, { once: true });
  if (stop.aborted) stopped();

  const work = run(call, abort.signal);
  const limit = (async (): Promise<Outcome> => {
    await clock.sleep(timeoutMs, AbortSignal.any([settled.signal, abort.signal]));
    if (!abort.signal.aborted) abort.abort(new Error(`no answer within ${timeoutMs} ms`));
    await clock.sleep(graceMs, settled.signal);
    return {
      kind: "retry",
      retryAfterMs: 0,
      message: `did not answer within ${timeoutMs} ms nor obey its signal`,
    };
  })();
  try {
    const outcome = await Promise.race([work, limit]);
    const timedOut = outcome.kind === "retry" && abort.signal.aborted && !stop.aborted;
    return timedOut ? { ...outcome, message: `no answer within ${timeoutMs} ms` } : outcome;
  } finally {
    settled.abort();
    stop.removeEventListener("abort", stopped);
  }
}

async function run(
  call: (signal: AbortSignal) => Promise<void> | void,
  signal: AbortSignal,
): Promise<Outcome> {
  try {
    await call(signal);
    return { kind: "delivered" };
  } catch (error) {
    return outcomeOf(error);
  }
}
