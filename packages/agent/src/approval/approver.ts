import type { ApprovalIntent, Lifecycle } from "../normalize/lifecycle.ts";
import type { WishAnswer } from "../outbox/tables/wishes.ts";
import { pollDelay } from "../source/poll-delay.ts";
import type { ApprovalOutcome } from "../telemetry.ts";
import { type ApprovalPolicy, judge, obstacleTo, ruleOf, type Verdict } from "./policy.ts";
import { type StageSources, stageAt } from "./stage.ts";
import { createStartRequests, type StartContext, tellApproval } from "./start-requests.ts";

/** What a person wants. */
export interface ApprovalWish {
  /** Azure's, in any case. */
  readonly eventId: string;
  /** Whether it may start although it names other VMs beside this one. */
  readonly shared: boolean;
  /** Who wants it. */
  readonly user?: string;
}

/** Lets events start before their time, as the policy or a person wants. */
export interface Approver {
  /** Judges everything that is announced, and asks Azure to start what may; after each good answer of IMDS. */
  look(): Promise<void>;
  /** Does what a person wants, once; what IMDS does not answer is tried again at each look. */
  grant(wish: ApprovalWish): Promise<WishAnswer>;
  /** Resolves when nothing is under way any more. */
  settled(): Promise<unknown>;
  /** Takes another policy. */
  adopt(policy: ApprovalPolicy | null): void;
}

/** What an approver works with. */
export interface ApproverContext extends StartContext {
  /** Null: never. */
  readonly policy: ApprovalPolicy | null;
  readonly outbox: StartContext["outbox"] & StageSources["outbox"];
  readonly routeOf: StageSources["routeOf"];
  /** `compute.name`; null while unknown. */
  readonly selfName: () => string | null;
  readonly pollIntervalMs: number;
  /** At least 0, below 1. */
  readonly random: () => number;
}

interface Decision {
  readonly lifecycle: Lifecycle;
  readonly intent: ApprovalIntent;
}

/** What was tried in vain, and when it may be tried again, by the monotonic clock. */
interface Failing {
  readonly failures: number;
  readonly due: number;
}

const mostTold = 1000;

/** An approver that has approved nothing yet. */
export function createApprover(context: ApproverContext): Approver {
  const { lifecycles, clock, telemetry, selfName, signal } = context;
  const requests = createStartRequests(context);
  const failing = new Map<string, Failing>();
  /** What was said last of each event, so that each change is said once. */
  const told = new Map<string, string>();
  let { policy } = context;
  /** One request after the other. */
  let turn: Promise<unknown> = Promise.resolve();

  const world = () => ({ selfName: selfName(), now: clock.now() });

  function tell(
    { eventId, occurrence, entry, intent }: Lifecycle,
    outcome: ApprovalOutcome,
    why?: string,
  ): void {
    const text = `${occurrence} ${outcome} ${why}`;
    if (told.get(eventId) === text) return;
    told.delete(eventId);
    told.set(eventId, text);
    for (const old of told.keys()) {
      if (told.size <= mostTold) break;
      told.delete(old);
    }
    tellApproval(telemetry, entry, intent?.origin.by ?? "policy", outcome, why);
  }

  function verdictOf(lifecycle: Lifecycle): Verdict {
    if (policy === null) return { kind: "none" };
    return judge(policy, lifecycle, {
      ...world(),
      stageOf: (sink) => stageAt(sink, lifecycle, context),
    });
  }

  /** Whether what was begun must be left. */
  function tellExpired(lifecycle: Lifecycle): void {
    const { notBefore } = lifecycle;
    if (notBefore !== null && notBefore <= clock.now())
      tell(lifecycle, "expired", "Azure has not accepted it before its time");
  }

  /** What is to be done for an event now; null: nothing. */
  function decide(lifecycle: Lifecycle): Decision | null {
    const { goneAt, approval, intent, refused, eventId } = lifecycle;
    if (goneAt !== null || approval === "accepted" || refused === true) return null;
    if (approval === "posting") tellExpired(lifecycle);
    const due = failing.get(eventId)?.due ?? Number.NEGATIVE_INFINITY;
    if (clock.monotonic() < due) return null;
    if (approval === "posting" && intent?.origin.by === "command") {
      return obstacleTo(lifecycle, intent.shared, world()) === null ? { lifecycle, intent } : null;
    }
    const verdict = verdictOf(lifecycle);
    if (verdict.kind === "waiting" || verdict.kind === "blocked") tell(lifecycle, verdict.kind, verdict.why);
    if (verdict.kind !== "approve" || policy === null) return null;
    const rule = ruleOf(policy);
    if (policy.dryRun === true) {
      tell(lifecycle, "dry-run", rule);
      return null;
    }
    return { lifecycle, intent: { origin: { by: "policy", rule }, shared: policy.shared ?? false } };
  }

  async function attempt({ lifecycle, intent }: Decision): Promise<WishAnswer> {
    const { eventId } = lifecycle;
    const { outcome, message, error } = await requests.make(lifecycle, intent);
    told.delete(eventId);
    if (outcome !== "failed") failing.delete(eventId);
    else {
      const failures = (failing.get(eventId)?.failures ?? 0) + 1;
      const wait = pollDelay(error, failures, context.pollIntervalMs, context.random);
      failing.set(eventId, { failures, due: clock.monotonic() + wait });
    }
    return outcome === "stopped" ? { outcome: "failed", message } : { outcome, message };
  }

  function next(): Decision | null {
    for (const lifecycle of lifecycles.known.values()) {
      const decision = decide(lifecycle);
      if (decision !== null) return decision;
    }
    return null;
  }

  async function approveAll(): Promise<void> {
    requests.storeRest();
    for (const eventId of failing.keys())
      if (lifecycles.known.get(eventId)?.goneAt !== null) failing.delete(eventId);
    // Each attempt ends in a state, or in a wait, in which the event is not chosen again.
    for (let chosen = next(); chosen !== null && !signal.aborted; chosen = next()) await attempt(chosen);
  }

  async function grantNow({ eventId, shared, user }: ApprovalWish): Promise<WishAnswer> {
    const lifecycle = lifecycles.known.get(eventId.toLowerCase());
    if (lifecycle === undefined || lifecycle.goneAt !== null)
      return { outcome: "unknown", message: `there is no event ${eventId} now` };
    if (lifecycle.approval === "accepted") return { outcome: "approved", message: "it was approved before" };
    const obstacle = obstacleTo(lifecycle, shared, world());
    if (obstacle !== null) return { outcome: "impossible", message: obstacle.why };
    const origin = { by: "command" as const, ...(user === undefined ? {} : { user }) };
    return attempt({ lifecycle, intent: { origin, shared } });
  }

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = turn.then(work);
    turn = done.catch(() => {});
    return done;
  }

  return {
    look: () => inTurn(approveAll),
    grant: (wish) => inTurn(() => grantNow(wish)),
    settled: () => turn,
    adopt(changed) {
      policy = changed;
      told.clear();
    },
  };
}
