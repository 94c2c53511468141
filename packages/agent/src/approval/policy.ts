import { listed } from "@forewarn/sdk";
import { isStarted, type Lifecycle } from "../normalize/lifecycle.ts";

/** Which scheduled events the agent lets start before their time, by itself; null: none. */
export interface ApprovalPolicy {
  /** Only events of this EventSource: `User`. */
  readonly eventSource?: string;
  /** Only when each of these sinks has the announcement. */
  readonly after?: readonly string[];
  /** Only these event types. */
  readonly eventTypes?: readonly string[];
  /** Also events that name other VMs beside this one, which start there, too. Default false. */
  readonly shared?: boolean;
  /** Says what it would approve, and sends nothing. Default false. */
  readonly dryRun?: boolean;
}

/** Who judges, and when. */
export interface Judge {
  /** `compute.name`; null while unknown. */
  readonly selfName: string | null;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** Why an event cannot be approved now. */
export interface Obstacle {
  /**
   * `over`: it has started, is gone, or its time has come. `others`: it does not name this VM. `shared`: it names other
   * VMs beside it. `nameless`: this VM does not know its own name yet.
   */
  readonly kind: "over" | "others" | "shared" | "nameless";
  /** Goes on after "it cannot be approved: ". */
  readonly why: string;
}

/** What a policy says of an event now. */
export type Verdict =
  | { readonly kind: "approve" }
  /** It may be approved later. */
  | { readonly kind: "waiting"; readonly why: string }
  /** Nothing that the agent does will change that. */
  | { readonly kind: "blocked"; readonly why: string }
  /** The policy is about other events. */
  | { readonly kind: "none" };

/** How far a sink has come with the announcement of an event. */
export type Stage =
  { readonly kind: "has" } | { readonly kind: "waiting" } | { readonly kind: "never"; readonly why: string };

/**
 * Why an event cannot be approved, whoever wants it; null where it can. An approval starts the event for all of its
 * Resources, so these must be exactly this VM, compared by `compute.name` in any case, unless `shared` allows more.
 */
export function obstacleTo(
  lifecycle: Pick<Lifecycle, "entry" | "goneAt" | "notBefore" | "wasStarted">,
  shared: boolean,
  { selfName, now }: Judge,
): Obstacle | null {
  const { entry, goneAt, wasStarted, notBefore } = lifecycle;
  const over = (why: string): Obstacle => ({ kind: "over", why });
  if (goneAt !== null) return over("Azure no longer names it");
  if (wasStarted || isStarted(entry.eventStatus)) return over("it has started already");
  if (entry.eventStatus.toLowerCase() !== "scheduled") return over(`its status is ${entry.eventStatus}`);
  if (notBefore !== null && notBefore <= now)
    return over("its time has come, so that Azure starts it anyway");
  if (selfName === null) {
    return { kind: "nameless", why: "IMDS has not told this VM's own name yet" };
  }
  const others = entry.resources.filter((name) => name.toLowerCase() !== selfName.toLowerCase());
  if (others.length === entry.resources.length) {
    return { kind: "others", why: `it does not name this VM, ${selfName}` };
  }
  if (others.length > 0 && !shared) {
    return { kind: "shared", why: `it would start on ${listed(others, 5)}, too` };
  }
  return null;
}

/** What a policy says of an event; `stageOf` is asked only of sinks that it names. */
export function judge(
  policy: ApprovalPolicy,
  lifecycle: Lifecycle,
  given: Judge & { readonly stageOf: (sink: string) => Stage },
): Verdict {
  const { entry } = lifecycle;
  if (!isMeant(policy, entry)) return { kind: "none" };
  const obstacle = obstacleTo(lifecycle, policy.shared ?? false, given);
  switch (obstacle?.kind) {
    case "over":
    case "others":
      return { kind: "none" };
    case "nameless":
      return { kind: "waiting", why: obstacle.why };
    case "shared":
      return { kind: "blocked", why: `${obstacle.why}; approve.shared: true would allow that` };
    case undefined:
      return afterSinks(policy.after ?? [], given.stageOf);
  }
}

/** The policy in a few words, as the `approved` event has it: `User events after drain`, `after drain, of Reboot`. */
export function ruleOf({ eventSource, after = [], eventTypes }: ApprovalPolicy): string {
  const source = eventSource === undefined ? "" : `${eventSource} events`;
  const sinks = after.length === 0 ? "" : `after ${after.join(" and ")}`;
  const types = eventTypes === undefined ? "" : `of ${eventTypes.join(", ")}`;
  const rule = [source, sinks].filter((part) => part !== "").join(" ");
  return [rule, types].filter((part) => part !== "").join(", ");
}

function isMeant({ eventSource, eventTypes }: ApprovalPolicy, entry: Lifecycle["entry"]): boolean {
  const type = entry.eventType.toLowerCase();
  const isOfSource =
    eventSource === undefined || entry.eventSource?.toLowerCase() === eventSource.toLowerCase();
  return isOfSource && (eventTypes === undefined || eventTypes.some((each) => each.toLowerCase() === type));
}

function afterSinks(sinks: readonly string[], stageOf: (sink: string) => Stage): Verdict {
  const stages = sinks.map((sink) => ({ sink, stage: stageOf(sink) }));
  const never = stages.flatMap(({ stage }) => (stage.kind === "never" ? [stage.why] : []));
  if (never.length > 0) return { kind: "blocked", why: never.join("; ") };
  const waiting = stages.filter(({ stage }) => stage.kind === "waiting").map(({ sink }) => sink);
  if (waiting.length === 0) return { kind: "approve" };
  return { kind: "waiting", why: `${waiting.join(" and ")} has not got its announcement yet` };
}
