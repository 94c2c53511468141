import type { Envelope } from "../../outbox/envelope.ts";
import { backoff, urgentBackoff } from "../retry/backoff.ts";
import type { Feed } from "../feed/feed.ts";
import { halvesOf, type Load } from "../load.ts";
import type { SinkSettings, SubscriptionContext } from "../sink-settings.ts";
import { isLate } from "../urgency/urgency.ts";
import { type Attempted, createAttempts } from "./attempt.ts";
import { batchOf } from "./batch.ts";
import type { Illness } from "./illness.ts";
import { createLedger } from "./ledger.ts";
import type { Opening } from "./opening.ts";
import { type Failure, type Outcome, redacted } from "./outcome.ts";
import { createRest } from "./rest.ts";

/** What came of a load: what of it is left to deliver, and whether the sink can go on. */
export interface Verdict {
  readonly left: readonly Load[];
  readonly ill?: Illness;
  /** It failed, and others got through since it failed before. */
  readonly singled?: boolean;
}

/** What a paused sink said to a load. */
export interface Probed {
  readonly kind: "delivered" | "refused" | "failed";
  readonly left: readonly Load[];
}

/** How one attempt is made. */
export interface Manner {
  readonly urgent: boolean;
  readonly timeoutMs: number;
}

/** Brings loads to one sink, once each, and sees to what came of it. */
export interface Courier {
  /** Opens the sink, so that a wrong option shows at the start and not with the first event. */
  open(): Promise<Illness | null>;
  /** Sends a load once. */
  tried(load: Load, manner: Manner): Promise<Verdict>;
  /** Sends a load to a paused sink: settles only what arrived of it. */
  probed(load: Load, manner: Manner): Promise<Probed>;
  /** Asks the sink's own probe: null where it has none and could be opened. */
  asked(): Promise<boolean | null>;
  /** A load without what must not be sent; null where that was all. */
  sifted(load: Load): Load | null;
  /** Gives calls that are under way 1 s more. */
  hurry(isMeant: (load: Load) => boolean): void;
  /** How many calls are under way. */
  underWay(): number;
  /** The places of the events in those calls. */
  carries(): readonly number[];
  /** Before this, by the monotonic clock, nothing is sent. */
  restsUntil(urgent: boolean): number;
  counts(): { readonly delivered: number; readonly dead: number };
  close(): Promise<void>;
}

/** What a courier works with beside what its subscription has. */
export interface CourierContext extends SubscriptionContext {
  readonly feed: Pick<Feed, "settle" | "isReplayed">;
  readonly sink: Opening;
  /** Aborts when nothing should wait any longer. */
  readonly draining: AbortSignal;
  /** Aborts when attempts must end. */
  readonly ending: AbortSignal;
}

type Partial = Extract<Outcome, { kind: "partial" }>;

const rejectionsBeforePause = 20;
const hungBeforePause = 3;

/** Makes the courier of one sink. */
export function createCourier(settings: SinkSettings, context: CourierContext): Courier {
  const { name, timeoutMs, maxAgeMs } = settings;
  const { clock, feed, sink, telemetry, draining, ending, redact, random } = context;
  const ledger = createLedger({ sink: name, clock, feed, telemetry, maxAgeMs });
  const rest = createRest({ sink: name, clock, telemetry });
  const attempts = createAttempts(clock, ending);
  const calls = new Set<{ readonly load: Load; readonly hurry: () => void }>();
  let rejectionsInRow = 0;
  let hungInRow = 0;
  let lastDelivered = Number.NEGATIVE_INFINITY;

  async function call(
    action: (signal: AbortSignal) => Promise<unknown> | undefined,
    options: { readonly timeoutMs: number; readonly begun?: (hurry: () => void) => void },
  ): Promise<Attempted> {
    const run = async (signal: AbortSignal) => void (await action(signal));
    const outcome = await attempts.make(run, options);
    return outcome.kind === "cut" ? outcome : redacted(outcome, redact);
  }

  async function send(load: Load, manner: Manner): Promise<Attempted> {
    const { envelopes, attempt: nth } = load;
    const batch = batchOf(name, envelopes, nth, {
      late: isLate(envelopes, clock.now()),
      replayed: envelopes.every(feed.isReplayed),
    });
    let own: { readonly load: Load; readonly hurry: () => void } | undefined;
    const began = clock.monotonic();
    const answer = await call(
      async (signal) => {
        const opened = await sink.get(signal);
        await rest.measured(() => opened.deliver(batch, { signal }));
      },
      { timeoutMs: manner.timeoutMs, begun: (hurry) => calls.add((own = { load, hurry })) },
    );
    if (own !== undefined) calls.delete(own);
    const outcome = envelopes.length === 1 ? wholly(answer) : answer;
    if (outcome.kind !== "hung") hungInRow = 0;
    telemetry.emit("attempted", {
      sink: name,
      result: outcome.kind,
      events: envelopes.length,
      ms: clock.monotonic() - began,
      ...("message" in outcome ? { message: outcome.message } : {}),
    });
    return outcome;
  }

  function delivered(envelopes: readonly Envelope[], load: Load, ms: number): void {
    if (envelopes.length === 0) return;
    rejectionsInRow = 0;
    lastDelivered = clock.monotonic();
    ledger.delivered(envelopes, load.attempt, load.before + load.attempt, ms);
  }

  function rejected(envelope: Envelope, load: Load, { message, status, excerpt }: Failure): void {
    rejectionsInRow++;
    ledger.bury([envelope], load.before + load.attempt, {
      reason: "rejected",
      message,
      ...(status === undefined ? {} : { status }),
      ...(excerpt === undefined ? {} : { excerpt }),
      first: load.first,
    });
  }

  /** What is left after rejections; 20 of them in a row say that it is not the events' fault. */
  function refused(left: readonly Load[], message: string): Verdict {
    if (rejectionsInRow < rejectionsBeforePause) return { left };
    const told = `rejected ${rejectionsInRow} events in a row: ${message}`;
    rejectionsInRow = 0;
    return { left, ill: { reason: "misconfigured", cause: "rejections", message: told } };
  }

  /** To be tried again, after a while. */
  function failed(load: Load, message: string, retryAfterMs: number, manner: Manner): Verdict {
    const now = clock.monotonic();
    const failures = load.failures + 1;
    const singled = load.failing !== null && lastDelivered >= load.failing;
    const wait = (manner.urgent ? urgentBackoff : backoff)(failures, random);
    const retryInMs = Math.max(retryAfterMs, wait);
    rest.until(retryAfterMs);
    if (!draining.aborted) {
      const { attempt, envelopes } = load;
      telemetry.emit("deliveryFailed", { sink: name, events: envelopes.length, attempt, message, retryInMs });
    }
    // What has ceased to be urgent waits like any other, and must be taken out of that wait when its story is urgent again.
    const rushed = load.rushed && manner.urgent;
    return { left: [{ ...load, rushed, failures, failing: now, due: now + retryInMs }], singled };
  }

  function hung(load: Load, message: string, manner: Manner): Verdict {
    const verdict = failed(load, message, 0, manner);
    if (++hungInRow < hungBeforePause) return verdict;
    hungInRow = 0;
    const told = `${hungBeforePause} calls in a row did not end when they were told to: ${message}`;
    return { ...verdict, ill: { reason: "hung", cause: "request", message: told } };
  }

  function sifted(load: Load): Load | null {
    const envelopes = ledger.sift(load.envelopes, load.before + load.attempt, load.first);
    return envelopes.length === 0 ? null : { ...load, envelopes };
  }

  async function tried(given: Load, manner: Manner): Promise<Verdict> {
    const good = sifted(given);
    if (good === null) return { left: [] };
    const load: Load = { ...good, attempt: good.attempt + 1 };
    const { envelopes } = load;
    const began = clock.monotonic();
    const outcome = await send(load, manner);
    switch (outcome.kind) {
      case "delivered":
        delivered(envelopes, load, clock.monotonic() - began);
        return { left: [] };
      case "reject":
        if (envelopes.length > 1) return { left: halvesOf(load) };
        rejected(envelopes[0] as Envelope, load, outcome);
        return refused([], outcome.message);
      case "misconfigured":
        return {
          left: [load],
          ill: { reason: "misconfigured", cause: "request", message: outcome.message },
        };
      case "retry":
        return failed(load, outcome.message, outcome.retryAfterMs, manner);
      case "hung":
        return hung(load, outcome.message, manner);
      case "cut":
        return { left: [load] };
      case "partial":
        return partly(outcome, load, clock.monotonic() - began, manner);
    }
  }

  function partly(outcome: Partial, load: Load, ms: number, manner: Manner): Verdict {
    const { delivered: arrived, rejected: reasons, message } = outcome;
    delivered(
      load.envelopes.filter((_, index) => arrived.has(index)),
      load,
      ms,
    );
    let last = message;
    for (const [index, envelope] of load.envelopes.entries()) {
      const reason = arrived.has(index) ? undefined : reasons.get(index);
      if (reason !== undefined) rejected(envelope, load, { ...outcome, message: (last = reason) });
    }
    const envelopes = load.envelopes.filter((_, index) => !arrived.has(index) && !reasons.has(index));
    const rejections = refused([], last);
    if (envelopes.length === 0) return rejections;
    // Where something was settled, the sink works.
    const settledSome = envelopes.length < load.envelopes.length;
    const again = failed({ ...load, envelopes, ...(settledSome ? { failures: 0 } : {}) }, message, 0, manner);
    return { ...again, ...rejections, left: again.left };
  }

  return {
    async open() {
      const outcome = await call((signal) => sink.get(signal), { timeoutMs });
      if (outcome.kind === "delivered" || outcome.kind === "cut" || draining.aborted) return null;
      if (outcome.kind === "misconfigured")
        return { reason: "misconfigured", cause: "opening", message: outcome.message };
      context.log.warn(`opening failed: ${outcome.message}`, { sink: name });
      return null;
    },
    tried,
    async probed(given, manner) {
      const load = { ...given, attempt: given.attempt + 1 };
      const began = clock.monotonic();
      const outcome = await send(load, manner);
      const ms = clock.monotonic() - began;
      if (outcome.kind === "partial" && outcome.delivered.size > 0)
        return { kind: "delivered", left: partly(outcome, load, ms, manner).left };
      if (outcome.kind === "reject") return { kind: "refused", left: [load] };
      if (outcome.kind === "retry") rest.until(outcome.retryAfterMs);
      if (outcome.kind !== "delivered") return { kind: "failed", left: [load] };
      delivered(load.envelopes, load, ms);
      return { kind: "delivered", left: [] };
    },
    async asked() {
      let has = false;
      const outcome = await call(
        async (signal) => {
          const opened = await sink.get(signal);
          has = opened.probe !== undefined;
          await opened.probe?.(signal);
        },
        { timeoutMs },
      );
      if (outcome.kind === "retry") rest.until(outcome.retryAfterMs);
      if (outcome.kind !== "delivered") return false;
      return has ? true : null;
    },
    sifted,
    hurry(isMeant) {
      for (const { load, hurry } of calls) if (isMeant(load)) hurry();
    },
    underWay: () => calls.size,
    carries: () => [...calls].flatMap(({ load }) => load.envelopes.map(({ seq }) => seq)),
    restsUntil: rest.end,
    counts: ledger.counts,
    async close() {
      const outcome = await call(() => sink.close(), { timeoutMs });
      attempts.close();
      if (outcome.kind !== "delivered" && outcome.kind !== "cut")
        context.log.warn(`closing failed: ${outcome.message}`, { sink: name });
    },
  };
}

/** Of one event a part is all or nothing. */
export function wholly(outcome: Attempted): Attempted {
  if (outcome.kind !== "partial") return outcome;
  const { delivered, rejected, kind: _, ...failure } = outcome;
  if (delivered.has(0)) return { kind: "delivered" };
  const reason = rejected.get(0);
  return reason === undefined
    ? { kind: "retry", retryAfterMs: 0, ...failure }
    : { kind: "reject", ...failure, message: reason };
}
