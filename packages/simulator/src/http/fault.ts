import type { SimulatorClock } from "../time/clock.ts";
import type { ServerAnswer } from "./answer.ts";
import { namedFaults } from "./named-fault.ts";
import type { NamedFault } from "./named-fault.ts";
import type { ReceivedRequest } from "./request.ts";

/**
 * What the simulator does instead of its honest answer: another answer; a bare status with the body that Azure is known
 * to send; one of `namedFaults`; `slow` answers honestly after so many milliseconds; `drip` sends the honest body piece
 * by piece over so many milliseconds; `pad` appends spaces until the honest body has so many bytes.
 */
export type Fault =
  | ServerAnswer
  | number
  | NamedFault
  | { readonly slow: number }
  | { readonly drip: number }
  | { readonly pad: number };

/** Chooses a fault for a request, or none; called before any rule of IMDS is applied. */
export type FaultHook = (request: ReceivedRequest) => Fault | undefined;

/** A fault and whom it strikes. */
export interface FaultRule {
  readonly fault: Fault;
  /** How many requests; default 1, with `forSeconds` all. */
  readonly next?: number;
  /** How long from now; by default until `next` is used up. */
  readonly forSeconds?: number;
  /** Only requests whose path begins so, such as `/metadata/instance`. */
  readonly path?: string;
}

/** The faults to come: those of the rules, the oldest first, then those of the hooks, the newest first. */
export interface Faults {
  /** The rules that may still strike. */
  readonly waiting: readonly FaultRule[];
  push(faults: readonly Fault[]): void;
  /** Returns a function that takes the rule back. Throws a RangeError on a rule that means nothing. */
  add(rule: FaultRule): () => void;
  clear(): void;
  /** Returns a function that takes the hook away. */
  hook(hook: FaultHook): () => void;
  take(request: ReceivedRequest): Fault | undefined;
}

interface ActiveRule {
  readonly rule: FaultRule;
  readonly until: number;
  left: number;
}

/** No faults at first. */
export function createFaults(clock: SimulatorClock): Faults {
  let rules: readonly ActiveRule[] = [];
  const hooks = new Set<FaultHook>();
  const active = () => (rules = rules.filter(({ left, until }) => left > 0 && clock.now() < until));
  const add = (rule: FaultRule) => {
    const { next = rule.forSeconds === undefined ? 1 : Infinity, forSeconds = Infinity } = checkRule(rule);
    const own = { rule, left: next, until: clock.now() + forSeconds * 1000 };
    rules = [...rules, own];
    return () => void (rules = rules.filter((other) => other !== own));
  };
  return {
    get waiting() {
      return active().map(({ rule, left }) => (Number.isFinite(left) ? { ...rule, next: left } : rule));
    },
    push: (faults) => faults.forEach((fault) => add({ fault })),
    add,
    clear: () => void (rules = []),
    hook(hook) {
      // A wrapper, so that the same function may be given twice and taken away once.
      const own: FaultHook = (request) => hook(request);
      hooks.add(own);
      return () => hooks.delete(own);
    },
    take(request) {
      const found = active().find(({ rule: { path = "" } }) => request.path.startsWith(path));
      if (found !== undefined) {
        found.left -= 1;
        return found.rule.fault;
      }
      for (const hook of [...hooks].toReversed()) {
        const fault = hook(request);
        if (fault !== undefined) return fault;
      }
      return undefined;
    },
  };
}

function checkRule(rule: FaultRule): FaultRule {
  const { fault, next = 1, forSeconds = 1 } = rule;
  if (typeof fault === "string" && !Object.hasOwn(namedFaults, fault))
    throw new RangeError(
      `There is no fault "${String(fault)}". Known: ${Object.keys(namedFaults).join(", ")}.`,
    );
  if (!(next >= 1) || !(forSeconds > 0))
    throw new RangeError("A fault strikes at least one request, for more than 0 s.");
  return rule;
}
