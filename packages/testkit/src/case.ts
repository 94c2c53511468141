import type { ClockSettings } from "./clock.ts";
import type { Capability, Harness } from "./harness.ts";
import type { Rig } from "./rig.ts";

/** What a case works with. */
export interface Bench {
  readonly harness: Harness;
  /** A sink with an other end of its own; both are closed after the case. */
  rig(time?: ClockSettings): Promise<Rig>;
  /** Whether a capability is not switched off. */
  has(capability: Capability): boolean;
  /** Ends the case: it does not apply, for this reason. */
  skip(reason: string): never;
}

/** One rule of the contract and how it is tried. */
export interface Case {
  /** The rule; the name of the test, also in `docs/sink-contract.md`. */
  readonly name: string;
  /** MUST: the agent's promises depend on it. SHOULD: a sink may have a reason, and says it. */
  readonly level: "MUST" | "SHOULD";
  /** Switched off together with any of these. */
  readonly needs: readonly Capability[];
  run(bench: Bench): Promise<void>;
}

/** Cases that belong together. */
export interface Chapter {
  readonly title: string;
  readonly cases: readonly Case[];
}

/** A case that holds a MUST. */
export function must(name: string, needs: readonly Capability[], run: Case["run"]): Case {
  return { name, level: "MUST", needs, run };
}

/** A case that holds a SHOULD. */
export function should(name: string, needs: readonly Capability[], run: Case["run"]): Case {
  return { name, level: "SHOULD", needs, run };
}
