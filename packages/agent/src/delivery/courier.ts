import type { Batch } from "@forewarn/sdk";
import type { Envelope } from "../outbox/envelope.ts";
import type { DeadLetter } from "../outbox/settle.ts";
import { attempt } from "./attempt.ts";
import { backoff } from "./backoff.ts";
import { batchOf } from "./batch.ts";
import type { Feed } from "./feed.ts";
import type { Opening } from "./opening.ts";
import type { Failure, Outcome } from "./outcome.ts";
import { createPause } from "./pause.ts";
import type { Redact } from "./redact.ts";
import type { SinkSettings, SubscriptionContext } from "./sink-settings.ts";

/** Brings batches to one sink, and sees each event settled. */
export interface Courier {
  /** Opens the sink, so that a wrong option shows at the start and not with the first event. */
  open(): Promise<void>;
  /** Resolves when every event is settled; false where the subscription drains and they stay on disk. */
  bring(envelopes: readonly Envelope[]): Promise<boolean>;
  counts(): { readonly delivered: number; readonly dead: number };
  close(): Promise<void>;
}

/** What a courier works with beside what its subscription has. */
export interface CourierContext extends SubscriptionContext {
  readonly feed: Feed;
  readonly sink: Opening;
  readonly redact: Redact;
  /** Aborts when nothing should wait any longer. */
  readonly draining: AbortSignal;
  /** Aborts when attempts must end. */
  readonly ending: AbortSignal;
}

const rejectionsBeforePause = 20;

/** Makes the courier of one sink. */
export function createCourier(settings: SinkSettings, context: CourierContext): Courier {
  const { name } = settings;
  const { clock, feed, telemetry, draining, redact } = context;
  const pause = createPause({ sink: name, clock, telemetry, draining });
  let delivered = 0;
  let dead = 0;
  let rejectionsInRow = 0;

  async function call(action: (signal: AbortSignal) => Promise<void>): Promise<Outcome> {
    const outcome = await attempt(action, { clock, timeoutMs: settings.timeoutMs, stop: context.ending });
    return outcome.kind === "delivered" ? outcome : redacted(outcome, redact);
  }

  async function send(batch: Batch): Promise<Outcome> {
    return call(async (signal) => (await context.sink.get()).deliver(batch, { signal }));
  }

  function settleDelivered(envelopes: readonly Envelope[], attempts: number, ms: number): void {
    delivered += envelopes.length;
    rejectionsInRow = 0;
    feed.settle(envelopes, ({ seq }) => ({ seq, at: clock.now(), attempts }));
    telemetry.emit("delivered", { sink: name, envelopes, attempt: attempts, ms });
  }

  function bury(envelopes: readonly Envelope[], attempts: number, letter: Omit<DeadLetter, "last">): void {
    if (envelopes.length === 0) return;
    dead += envelopes.length;
    const last = clock.now();
    feed.settle(envelopes, ({ seq }) => ({ seq, at: last, attempts, dead: { ...letter, last } }));
    const { reason, message } = letter;
    telemetry.emit("deadLettered", { sink: name, envelopes, reason, message });
  }

  /** Puts aside what must not be sent: too old for this sink, or not what was written. */
  function sift(envelopes: readonly Envelope[]): readonly Envelope[] {
    const now = clock.now();
    const oldest = settings.maxAgeMs === null ? Number.NEGATIVE_INFINITY : now - settings.maxAgeMs;
    const corrupt = envelopes.filter((envelope) => !envelope.intact);
    const expired = envelopes.filter((envelope) => envelope.intact && envelope.time < oldest);
    bury(corrupt, 0, { reason: "corrupt", message: "the checksum on disk does not match", first: now });
    bury(expired, 0, { reason: "expired", message: `older than maxAge`, first: now });
    return corrupt.length + expired.length === 0
      ? envelopes
      : envelopes.filter((envelope) => envelope.intact && envelope.time >= oldest);
  }

  /**
   * Pauses until the sink's own probe, or the oldest event sent alone, says that it works; returns what is left to
   * deliver. Where the subscription drains first, everything is left.
   */
  async function recover(
    failure: Failure,
    envelopes: readonly Envelope[],
    tries: Tries,
  ): Promise<readonly Envelope[]> {
    let left = envelopes;
    await pause.untilWell(failure.message, async () => {
      const sink = await context.sink.get().catch(() => undefined);
      if (sink === undefined) return false;
      if (sink.probe !== undefined)
        return (await call(async (signal) => sink.probe?.(signal))).kind === "delivered";
      const oldest = left.slice(0, 1);
      if (oldest.length === 0) return true;
      tries.attempt++;
      const began = clock.monotonic();
      const { kind } = await send(batchOf(name, oldest, tries.attempt));
      if (kind === "delivered") {
        settleDelivered(oldest, tries.attempt, clock.monotonic() - began);
        left = left.slice(1);
      }
      return kind !== "misconfigured";
    });
    return left;
  }

  async function refused(envelopes: readonly Envelope[], tries: Tries, failure: Failure): Promise<boolean> {
    if (envelopes.length > 1) {
      const half = Math.ceil(envelopes.length / 2);
      return (await bring(envelopes.slice(0, half))) && bring(envelopes.slice(half));
    }
    rejectionsInRow++;
    bury(envelopes, tries.attempt, { reason: "rejected", ...failure, first: tries.first });
    if (rejectionsInRow < rejectionsBeforePause) return true;
    rejectionsInRow = 0;
    const message = `rejected ${rejectionsBeforePause} events in a row: ${failure.message}`;
    await recover({ message }, [], tries);
    return !draining.aborted;
  }

  async function wait(
    outcome: Failure & { readonly retryAfterMs: number },
    envelopes: readonly Envelope[],
    tries: Tries,
  ) {
    const delay = Math.max(outcome.retryAfterMs, backoff(tries.attempt, context.random));
    const { message } = outcome;
    telemetry.emit("deliveryFailed", {
      sink: name,
      events: envelopes.length,
      attempt: tries.attempt,
      message,
      retryInMs: delay,
    });
    await clock.sleep(delay, draining);
  }

  async function bring(taken: readonly Envelope[]): Promise<boolean> {
    let envelopes = sift(taken);
    const tries: Tries = { attempt: 0, first: clock.now() };
    while (envelopes.length > 0) {
      await pause.over();
      if (draining.aborted && (tries.attempt > 0 || pause.active() || context.ending.aborted)) {
        feed.release(envelopes);
        return false;
      }
      tries.attempt++;
      const began = clock.monotonic();
      const outcome = await send(batchOf(name, envelopes, tries.attempt));
      switch (outcome.kind) {
        case "delivered":
          settleDelivered(envelopes, tries.attempt, clock.monotonic() - began);
          return true;
        case "reject":
          return refused(envelopes, tries, outcome);
        case "misconfigured":
          if (!draining.aborted) envelopes = await recover(outcome, envelopes, tries);
          break;
        case "retry":
          if (!draining.aborted) await wait(outcome, envelopes, tries);
          break;
        case "partial":
          envelopes = settlePartial(envelopes, outcome, tries, clock.monotonic() - began);
          if (envelopes.length > 0 && !draining.aborted)
            await wait({ ...outcome, retryAfterMs: 0 }, envelopes, tries);
      }
    }
    return true;
  }

  function settlePartial(
    envelopes: readonly Envelope[],
    outcome: Extract<Outcome, { kind: "partial" }>,
    tries: Tries,
    ms: number,
  ): readonly Envelope[] {
    const done = new Set(outcome.delivered);
    const reasons = new Map(outcome.rejected.map(({ index, reason }) => [index, redact(reason)]));
    settleDelivered(
      envelopes.filter((_, index) => done.has(index)),
      tries.attempt,
      ms,
    );
    for (const [index, message] of reasons) {
      const envelope = envelopes[index];
      if (envelope !== undefined && !done.has(index)) {
        bury([envelope], tries.attempt, { reason: "rejected", message, first: tries.first });
      }
    }
    return envelopes.filter((_, index) => !done.has(index) && !reasons.has(index));
  }

  return {
    async open() {
      const outcome = await call(async () => void (await context.sink.get()));
      if (outcome.kind === "misconfigured") await recover(outcome, [], { attempt: 0, first: clock.now() });
    },
    bring,
    counts: () => ({ delivered, dead }),
    async close() {
      const outcome = await call(() => context.sink.close());
      if (outcome.kind !== "delivered")
        context.log.warn(`closing failed: ${outcome.message}`, { sink: name });
    },
  };
}

interface Tries {
  attempt: number;
  /** Epoch milliseconds. */
  readonly first: number;
}

function redacted<T extends Failure>(failure: T, redact: Redact): T {
  const { excerpt } = failure;
  return {
    ...failure,
    message: redact(failure.message),
    ...(excerpt === undefined ? {} : { excerpt: redact(excerpt) }),
  };
}
