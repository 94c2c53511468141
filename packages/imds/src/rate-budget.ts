import { ImdsError } from "./imds-error.ts";

/** What a request is for, most urgent first: those behind wait for those in front. */
export const requestKinds = ["poll", "approval", "token", "instance", "other"] as const;

/** One of {@link requestKinds}. */
export type RequestKind = (typeof requestKinds)[number];

/** Says when a request may be sent, for all clients that share it. */
export interface RateBudget {
  /** Resolves with true when the request may be sent, with false as soon as one of the signals aborts. */
  take(kind: RequestKind, signals?: readonly AbortSignal[]): Promise<boolean>;
  /** IMDS was asked too often, by whichever process of the VM: all but polls rest, for as long as it said, at least a second, longer each time. */
  throttled(retryAfterMs?: number): void;
}

/** The time of a budget. */
export interface BudgetClock {
  /** Milliseconds that never go back. */
  monotonic(): number;
  /** Resolves after `ms` milliseconds, or at once when `signal` aborts; never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** How many requests there may be. */
export interface RateBudgetOptions {
  /** In any second. Default 2: IMDS answers 5 requests per second for all processes of a VM together (Azure docs: Instance Metadata Service, "Rate limiting"). */
  readonly perSecond?: number | undefined;
  /** How many of them are kept free for polls of Scheduled Events. Default 1. */
  readonly reserved?: number | undefined;
  readonly clock: BudgetClock;
  /** Jitter: at least 0, below 1. Default `Math.random`. */
  readonly random?: (() => number) | undefined;
}

interface Waiting {
  readonly kind: RequestKind;
  settle(go: boolean): void;
}

const SECOND_MS = 1000;
const LEAST_REST_MS = 1000;
const LONGEST_REST_MS = 30_000;

const checked = (perSecond: number, reserved: number): void => {
  if (Number.isInteger(perSecond) && Number.isInteger(reserved) && reserved >= 1 && perSecond > reserved)
    return;
  const message = `perSecond is ${perSecond} and reserved is ${reserved}; they must be whole numbers, reserved at least 1, and perSecond greater, since else nothing but polls could ever be sent.`;
  throw new ImdsError(message, { code: "invalid-argument", retryable: false, path: "" });
};

/**
 * A budget of which nothing is used yet. A poll of Scheduled Events waits only for other polls, never for anything
 * else; the rest goes by kind, then by age. In any second there are at most `perSecond` requests, as long as polls keep
 * to their part. Throws an `ImdsError` of code `invalid-argument` where `perSecond` leaves nothing beside `reserved`.
 */
export const createRateBudget = ({
  perSecond = 2,
  reserved = 1,
  clock,
  random = Math.random,
}: RateBudgetOptions): RateBudget => {
  checked(perSecond, reserved);
  let sent: readonly { readonly at: number; readonly poll: boolean }[] = [];
  const queue = new Set<Waiting>();
  let restUntil = Number.NEGATIVE_INFINITY;
  let restMs = 0;
  let looking: AbortController | undefined;

  const mayGo = (kind: RequestKind, now: number): boolean => {
    const polls = sent.filter(({ poll }) => poll).length;
    if (kind === "poll") return polls < perSecond;
    return now >= restUntil && sent.length + Math.max(0, reserved - polls) < perSecond;
  };

  const next = (): Waiting | undefined => {
    for (const kind of requestKinds) for (const waiting of queue) if (waiting.kind === kind) return waiting;
    return undefined;
  };

  const goOn = (): void => {
    const now = clock.monotonic();
    sent = sent.filter(({ at }) => now - at < SECOND_MS);
    for (let first = next(); first !== undefined && mayGo(first.kind, now); first = next()) {
      queue.delete(first);
      sent = [...sent, { at: now, poll: first.kind === "poll" }];
      first.settle(true);
    }
    if (queue.size === 0) looking?.abort();
    else if (looking === undefined) void lookAgain(now);
  };

  /** Something is free again when the oldest request is a second old, or the rest is over. */
  const lookAgain = async (now: number): Promise<void> => {
    const freeAt = (sent[0]?.at ?? Number.NEGATIVE_INFINITY) + SECOND_MS;
    const at = freeAt > now ? freeAt : restUntil;
    looking = new AbortController();
    await clock.sleep(Math.max(1, Math.ceil(at - now)), looking.signal);
    looking = undefined;
    goOn();
  };

  return {
    take(kind, signals = []) {
      if (signals.some((signal) => signal.aborted)) return Promise.resolve(false);
      const { promise, resolve } = Promise.withResolvers<boolean>();
      const give = (): void => {
        queue.delete(waiting);
        waiting.settle(false);
        goOn();
      };
      const waiting: Waiting = {
        kind,
        settle(go) {
          for (const signal of signals) signal.removeEventListener("abort", give);
          resolve(go);
        },
      };
      for (const signal of signals) signal.addEventListener("abort", give);
      queue.add(waiting);
      goOn();
      return promise;
    },
    throttled(retryAfterMs = 0) {
      const now = clock.monotonic();
      // One answer after the rest may show that it was too short; several within it say the same thing once.
      if (now >= restUntil) {
        const soon = now - restUntil < 2 * restMs;
        restMs = soon ? Math.min(LONGEST_REST_MS, 2 * restMs) : LEAST_REST_MS;
      }
      const rest = Math.max(restMs * (1 + random() / 2), Math.min(retryAfterMs, LONGEST_REST_MS));
      restUntil = Math.max(restUntil, now + rest);
    },
  };
};
