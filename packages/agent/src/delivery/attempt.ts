import { type Clock, formatDuration } from "@forewarn/sdk";
import { type Outcome, outcomeOf } from "./outcome.ts";

const graceMs = 1000;

// An abort without a reason makes an error with a stack, which nobody would read here.
const settled = "settled";

/**
 * Runs one call of a sink under a hard timeout: the signal aborts when the time is up or `stop` aborts. A call that has
 * not settled 1 s after its time is given up, and at once when everything stops; its late result is ignored.
 */
export async function attempt(
  call: (signal: AbortSignal) => Promise<void> | void,
  options: { readonly clock: Clock; readonly timeoutMs: number; readonly stop: AbortSignal },
): Promise<Outcome> {
  const { clock, timeoutMs, stop } = options;
  const late = () => `no answer within ${formatDuration(timeoutMs)}`;
  const abort = new AbortController();
  /** Ends the watch: the call has settled, or everything stops. */
  const over = new AbortController();
  let timedOut = false;
  const stopped = () => {
    abort.abort(stop.reason);
    over.abort(settled);
  };

  async function watch(): Promise<Outcome> {
    await clock.sleep(timeoutMs, over.signal);
    if (over.signal.aborted) return failure("it was stopped before it answered");
    timedOut = true;
    abort.abort(new Error(late()));
    await clock.sleep(graceMs, over.signal);
    return failure(`${late()}, and it went on after its signal`);
  }

  if (stop.aborted) stopped();
  else stop.addEventListener("abort", stopped, { once: true });
  try {
    const work = run(call, abort.signal).then((outcome) =>
      timedOut && outcome.kind === "retry" ? { ...outcome, message: late() } : outcome,
    );
    return await Promise.race([work, watch()]);
  } finally {
    stop.removeEventListener("abort", stopped);
    over.abort(settled);
  }
}

function failure(message: string): Outcome {
  return { kind: "retry", retryAfterMs: 0, message };
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
