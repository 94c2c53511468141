import { type Clock, formatDuration } from "@forewarn/sdk";
import { createAlarm } from "./alarm.ts";
import { type Outcome, outcomeOf } from "./outcome.ts";

/** What came of one attempt; where it was cut short, that says nothing about the sink. */
export type Attempted =
  | Outcome
  | { readonly kind: "cut" }
  /** The call went on after its signal, and was given up. */
  | { readonly kind: "hung"; readonly message: string };

/** The calls of one sink under a hard timeout. */
export interface Attempts {
  /**
   * Runs one call: the signal aborts when the time is up or everything stops. Who is given `hurry` may call it, and the
   * time is up 1 s later. A call that has not settled 1 s after its time is given up, and at once when everything stops;
   * its late result is ignored.
   */
  make(
    call: (signal: AbortSignal) => Promise<void> | void,
    options: { readonly timeoutMs: number; readonly begun?: ((hurry: () => void) => void) | undefined },
  ): Promise<Attempted>;
  /** No further call is made. */
  close(): void;
}

const graceMs = 1000;
const hurryMs = 1000;

/** Makes attempts until `stop` aborts; one alarm and one listener watch all of them, since a call is often short. */
export function createAttempts(clock: Clock, stop: AbortSignal): Attempts {
  const alarm = createAlarm(clock);
  const underWay = new Set<() => void>();
  stop.addEventListener(
    "abort",
    () => {
      for (const stopped of underWay) stopped();
    },
    { once: true },
  );

  return {
    make: (call, { timeoutMs, begun }) =>
      new Promise((resolve) => {
        const late = () => `no answer within ${formatDuration(timeoutMs)}`;
        const abort = new AbortController();
        let until = clock.monotonic() + timeoutMs;
        let cancel = alarm.at(until, timeUp);
        let timedOut = false;
        let hurried = false;

        function finish(result: Attempted): void {
          cancel();
          underWay.delete(stopped);
          resolve(result);
        }

        function stopped(): void {
          abort.abort(stop.reason);
          // What settles without waiting for anything still counts.
          setImmediate(() =>
            finish({ kind: "retry", retryAfterMs: 0, message: "it was stopped before it answered" }),
          );
        }

        function timeUp(): void {
          timedOut = true;
          abort.abort(new Error(hurried ? "cut short for an urgent event" : late()));
          cancel = alarm.at(clock.monotonic() + graceMs, () => {
            const ended = hurried ? "cut short" : late();
            finish({ kind: "hung", message: `${ended}, and it went on after its signal` });
          });
        }

        function hurry(): void {
          const soon = clock.monotonic() + hurryMs;
          if (timedOut || hurried || until <= soon) return;
          hurried = true;
          until = soon;
          cancel();
          cancel = alarm.at(until, timeUp);
        }

        function seen(outcome: Outcome): void {
          if (!timedOut || outcome.kind !== "retry") return finish(outcome);
          finish(hurried ? { kind: "cut" } : { ...outcome, message: late() });
        }

        underWay.add(stopped);
        if (stop.aborted) stopped();
        begun?.(hurry);
        void run(call, abort.signal).then(seen);
      }),
    close: alarm.close,
  };
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
