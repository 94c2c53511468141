import { checkFault } from "./check-fault.ts";
import type { Fault, FaultPoint } from "./fault.ts";

/** The faults that wait to strike. Where several fit, the oldest strikes. */
export interface Faults {
  /** Adds one; the returned function takes it back. Throws a RangeError on a fault that makes no sense. */
  add(fault: Fault): () => void;
  clear(): void;
  /** Those that may still strike, with how often; oldest first. */
  readonly waiting: readonly Fault[];
}

/** What a fault is matched against. */
export interface Struck {
  readonly hub?: string | undefined;
  readonly partition?: string | undefined;
  readonly role?: "sender" | "receiver";
}

/** The faults as the broker uses them. */
export interface FaultList extends Faults {
  /** The fault that strikes here, if any; it is used up once. */
  take<Point extends FaultPoint>(at: Point, struck: Struck): Extract<Fault, { at: Point }> | undefined;
}

interface Waiting {
  readonly fault: Fault;
  left: number;
}

/** No faults. */
export function createFaultList(): FaultList {
  let list: readonly Waiting[] = [];
  return {
    add(fault) {
      const { times = 1 } = checkFault(fault);
      const entry = { fault, left: times === "always" ? Infinity : times };
      list = [...list, entry];
      return () => {
        list = list.filter((other) => other !== entry);
      };
    },
    clear() {
      list = [];
    },
    get waiting() {
      return list.map(({ fault, left }): Fault => ({ ...fault, times: left === Infinity ? "always" : left }));
    },
    take(at, struck) {
      const entry = list.find(({ fault }) => fault.at === at && fits(fault, struck));
      if (entry === undefined) return undefined;
      entry.left--;
      if (entry.left <= 0) list = list.filter((other) => other !== entry);
      return entry.fault as Extract<Fault, { at: typeof at }>;
    },
  };
}

function fits(fault: Fault, struck: Struck): boolean {
  if (fault.hub !== undefined && fault.hub.toLowerCase() !== struck.hub?.toLowerCase()) return false;
  if (fault.partition !== undefined && fault.partition !== struck.partition) return false;
  return fault.at !== "attach" || fault.role === undefined || fault.role === struck.role;
}
