import { type Clock, formatDuration } from "@forewarn/sdk";
import { type Outcome, outcomeOf } from "./outcome.ts";

/** What came of one attempt; where it was cut short, that says nothing about the sink. */
export type Attempted =
  | Outcome
  | { readonly kind: "cut" }
  /** The call went on after its signal, and was given up. */
  | { readonly kind: "hung"; readonly message: string };

const graceMs = 1000;
const hurryMs = 1000;

// An abort without a reason makes an error with a stack, which nobody would read here.
const settled = "settled";

/**
 * Runs one call of a sink under a hard timeout: the signal aborts when the time is up or `stop` aborts. Who is given
 * `hurry` may call it, and the time is up 1 s later. A call that has not settled 1 s after its time is given up, and at
 * once when everything stops; its late result is ignored.
 */
export async function attempt(
  call: (signal: AbortSignal) => Promise<void> | void,
  options: {
    readonly clock: Clock;
    readonly timeoutMs: number;
    readonly stop: AbortSignal;
    readonly begun?: (hurry: () => void) => void;
  },
): Promise<Attempted> {
  const { clock, timeoutMs, stop, begun } = options;
  const late = () => `no answer within ${formatDuration(timeoutMs)}`;
  const until = clock.monotonic() + timeoutMs;
  const abort = new AbortController();
  /** Ends the watch: the call has settled, or everything stops. */
  const over = new AbortController();
  /** Ends the wait for the timeout. */
  const waiting = new AbortController();
  let timedOut = false;
  let hurried = false;
  const end = () => {
    over.abort(settled);
    waiting.abort(settled);
  };
  const stopped = () => {
    abort.abort(stop.reason);
    end();
  };

  async function watch(): Promise<Attempted> {
    await clock.sleep(timeoutMs, waiting.signal);
    const left = Math.max(0, until - clock.monotonic());
    hurried = left > hurryMs;
    if (left > 0) await clock.sleep(Math.min(left, hurryMs), over.signal);
    if (over.signal.aborted) return failure("it was stopped before it answered");
    timedOut = true;
    abort.abort(new Error(hurried ? "cut short for an urgent event" : late()));
    await clock.sleep(graceMs, over.signal);
    if (over.signal.aborted) return failure("it was stopped before it answered");
    return { kind: "hung", message: `${hurried ? "cut short" : late()}, and it went on after its signal` };
  }

  function seen(outcome: Outcome): Attempted {
    if (!timedOut || outcome.kind !== "retry") return outcome;
    return hurried ? { kind: "cut" } : { ...outcome, message: late() };
  }

  if (stop.aborted) stopped();
  else stop.addEventListener("abort", stopped, { once: true });
  begun?.(() => waiting.abort(settled));
  try {
    return await Promise.race([run(call, abort.signal).then(seen), watch()]);
  } finally {
    stop.removeEventListener("abort", stopped);
    end();
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
