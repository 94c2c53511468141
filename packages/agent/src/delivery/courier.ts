import type { Envelope } from "../outbox/envelope.ts";
import { attempt } from "./attempt.ts";
import { backoff } from "./backoff.ts";
import { batchOf } from "./batch.ts";
import type { Feed } from "./feed.ts";
import { createLedger } from "./ledger.ts";
import type { Opening } from "./opening.ts";
import { type Failure, type Outcome, redacted } from "./outcome.ts";
import { createPause } from "./pause.ts";
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
  readonly feed: Pick<Feed, "settle">;
  /** The next event alone, or an empty list. */
  readonly next: () => Promise<readonly Envelope[]>;
  readonly sink: Opening;
  /** Aborts when nothing should wait any longer. */
  readonly draining: AbortSignal;
  /** Aborts when attempts must end. */
  readonly ending: AbortSignal;
}

/** A batch on its way. */
interface Load {
  readonly envelopes: readonly Envelope[];
  /** How often this batch was tried. */
  readonly attempt: number;
  /** How often its events were tried before, in the batch of which it is a part. */
  readonly before: number;
  /** When its events were first tried, epoch milliseconds. */
  readonly first: number;
}

/** Why a sink is paused: what it said when it was opened or sent to, or that it refused one event after the other. */
type Cause = "opening" | "request" | "rejections";

type Partial = Extract<Outcome, { kind: "partial" }>;

const rejectionsBeforePause = 20;

/** Makes the courier of one sink. */
export function createCourier(settings: SinkSettings, context: CourierContext): Courier {
  const { name, timeoutMs, maxAgeMs } = settings;
  const { clock, feed, sink, telemetry, draining, ending, redact } = context;
  const pause = createPause({ sink: name, clock, telemetry, draining });
  const ledger = createLedger({ sink: name, clock, feed, telemetry, maxAgeMs });
  let rejectionsInRow = 0;
  let lastRejection = "";

  async function call(action: (signal: AbortSignal) => Promise<unknown> | undefined): Promise<Outcome> {
    const run = async (signal: AbortSignal) => void (await action(signal));
    return redacted(await attempt(run, { clock, timeoutMs, stop: ending }), redact);
  }

  async function send({ envelopes, attempt }: Load): Promise<Outcome> {
    const batch = batchOf(name, envelopes, attempt);
    const outcome = await call(async (signal) => (await sink.get(signal)).deliver(batch, { signal }));
    return envelopes.length === 1 ? wholly(outcome) : outcome;
  }

  function delivered(envelopes: readonly Envelope[], load: Load, ms: number): void {
    if (envelopes.length > 0) rejectionsInRow = 0;
    ledger.delivered(envelopes, load.attempt, load.before + load.attempt, ms);
  }

  function rejected(envelope: Envelope, load: Load, { message, status, excerpt }: Failure): void {
    rejectionsInRow++;
    lastRejection = message;
    ledger.bury([envelope], load.before + load.attempt, {
      reason: "rejected",
      message,
      ...(status === undefined ? {} : { status }),
      ...(excerpt === undefined ? {} : { excerpt }),
      first: load.first,
    });
  }

  /**
   * Pauses until the sink's own probe, or the oldest event sent alone, says that it works; returns what is left to
   * deliver. Where the subscription drains first, everything is left.
   */
  async function recover(message: string, cause: Cause, loads: readonly Load[]): Promise<readonly Load[]> {
    let left = loads;
    let probe: Load | undefined;
    await pause.untilWell(message, async () => {
      let asked = false;
      const outcome = await call(async (signal) => {
        const opened = await sink.get(signal);
        asked = opened.probe !== undefined;
        await opened.probe?.(signal);
      });
      if (outcome.kind !== "delivered") return false;
      if (asked || cause === "opening") return true;
      left = left.flatMap(sifted);
      if (left.length === 0) left = (await context.next()).flatMap((one) => sifted(fresh([one])));
      const [oldest, ...rest] = left;
      if (oldest === undefined) return false;
      const alone = oldest.envelopes.length === 1 ? oldest : part(oldest, 0, 1);
      probe = { ...alone, attempt: (probe ?? alone).attempt + 1 };
      const began = clock.monotonic();
      const { kind } = await send(probe);
      // Refused for itself, by a sink that takes requests again.
      if (kind !== "delivered") return kind === "reject" && cause === "request";
      delivered(probe.envelopes, probe, clock.monotonic() - began);
      left = alone === oldest ? rest : [part(oldest, 1), ...rest];
      return true;
    });
    return left;
  }

  async function wait(message: string, retryAfterMs: number, { envelopes, attempt }: Load): Promise<void> {
    if (draining.aborted) return;
    const retryInMs = Math.max(retryAfterMs, backoff(attempt, context.random));
    telemetry.emit("deliveryFailed", { sink: name, events: envelopes.length, attempt, message, retryInMs });
    await clock.sleep(retryInMs, draining);
  }

  /** A batch without what must not be sent; nothing where that was all. */
  function sifted(load: Load): readonly Load[] {
    const envelopes = ledger.sift(load.envelopes, load.before + load.attempt, load.first);
    return envelopes.length === 0 ? [] : [{ ...load, envelopes }];
  }

  /** Sends a batch once and sees to what came of it; returns what is left to deliver. */
  async function tried(load: Load): Promise<readonly Load[]> {
    const [good] = sifted(load);
    if (good === undefined) return [];
    const now: Load = { ...good, attempt: load.attempt + 1 };
    const { envelopes } = now;
    const began = clock.monotonic();
    const outcome = await send(now);
    switch (outcome.kind) {
      case "delivered":
        delivered(envelopes, now, clock.monotonic() - began);
        return [];
      case "reject": {
        const half = Math.ceil(envelopes.length / 2);
        if (envelopes.length > 1) return [part(now, 0, half), part(now, half)];
        rejected(envelopes[0] as Envelope, now, outcome);
        return [];
      }
      case "misconfigured":
        return draining.aborted ? [now] : recover(outcome.message, "request", [now]);
      case "retry":
        await wait(outcome.message, outcome.retryAfterMs, now);
        return [now];
      case "partial":
        return partly(outcome, now, clock.monotonic() - began);
    }
  }

  async function partly(outcome: Partial, load: Load, ms: number): Promise<readonly Load[]> {
    const { delivered: arrived, rejected: refused, message } = outcome;
    delivered(
      load.envelopes.filter((_, index) => arrived.has(index)),
      load,
      ms,
    );
    for (const [index, envelope] of load.envelopes.entries()) {
      const reason = arrived.has(index) ? undefined : refused.get(index);
      if (reason !== undefined) rejected(envelope, load, { message: reason });
    }
    const envelopes = load.envelopes.filter((_, index) => !arrived.has(index) && !refused.has(index));
    if (envelopes.length === 0) return [];
    const left = { ...load, envelopes };
    await wait(message, 0, left);
    return [left];
  }

  async function bring(taken: readonly Envelope[]): Promise<boolean> {
    let loads: readonly Load[] = [fresh(taken)];
    for (;;) {
      const [load, ...rest] = loads;
      if (load === undefined) return true;
      await pause.over();
      if (draining.aborted && (load.attempt > 0 || pause.active() || ending.aborted)) return false;
      loads = [...(await tried(load)), ...rest];
      if (rejectionsInRow < rejectionsBeforePause) continue;
      if (draining.aborted) return false;
      const message = `rejected ${rejectionsInRow} events in a row: ${lastRejection}`;
      loads = await recover(message, "rejections", loads);
      rejectionsInRow = 0;
    }
  }

  return {
    async open() {
      const outcome = await call((signal) => sink.get(signal));
      if (outcome.kind === "delivered" || draining.aborted) return;
      if (outcome.kind === "misconfigured") await recover(outcome.message, "opening", []);
      else context.log.warn(`opening failed: ${outcome.message}`, { sink: name });
    },
    bring,
    counts: ledger.counts,
    async close() {
      const outcome = await call(() => sink.close());
      if (outcome.kind !== "delivered")
        context.log.warn(`closing failed: ${outcome.message}`, { sink: name });
    },
  };

  function fresh(envelopes: readonly Envelope[]): Load {
    return { envelopes, attempt: 0, before: 0, first: clock.now() };
  }
}

/** A part of a batch is a batch of its own, whose events were tried before. */
function part({ envelopes, attempt, before, first }: Load, from: number, to?: number): Load {
  return { envelopes: envelopes.slice(from, to), attempt: 0, before: before + attempt, first };
}

/** Of one event a part is all or nothing. */
function wholly(outcome: Outcome): Outcome {
  if (outcome.kind !== "partial") return outcome;
  const { delivered, rejected, kind: _, ...failure } = outcome;
  if (delivered.has(0)) return { kind: "delivered" };
  const reason = rejected.get(0);
  return reason === undefined
    ? { kind: "retry", retryAfterMs: 0, ...failure }
    : { kind: "reject", ...failure, message: reason };
}
