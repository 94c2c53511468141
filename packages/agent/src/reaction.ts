import { type Approver, type ApproverContext, createApprover } from "./approval/approver.ts";
import { createWishKeeper } from "./approval/wish-keeper.ts";
import type { Fleet } from "./fleet.ts";
import { createLastFlush } from "./last-flush.ts";
import type { Outbox } from "./outbox/outbox.ts";

/** What the agent does about what is announced, beside telling it: it approves, and flushes before its machine is stopped. */
export interface Reaction extends Pick<Approver, "adopt" | "grant" | "settled"> {
  /** Looks at what is announced now; after each good answer of IMDS. */
  look(): Promise<void>;
  /** Looks what people want, and whether the last flush is due; called every second. */
  tick(): void;
}

/** Joins approvals and the last flush. */
export function createReaction(
  context: Omit<ApproverContext, "outbox" | "routeOf"> & {
    readonly outbox: Outbox;
    readonly fleet: Pick<Fleet, "flush" | "routeOf">;
  },
): Reaction {
  const { fleet, telemetry } = context;
  const approver = createApprover({ ...context, routeOf: fleet.routeOf });
  const heedWishes = createWishKeeper({ ...context, approver });
  const flushLast = createLastFlush(context);
  /** What the disk remembers may be long over. */
  let isKnown = false;
  return {
    adopt: approver.adopt,
    grant: approver.grant,
    settled: approver.settled,
    async look() {
      isKnown = true;
      try {
        flushLast();
        await approver.look();
      } catch (error) {
        telemetry.emit("failed", { error });
      }
    },
    tick() {
      void heedWishes();
      if (isKnown) flushLast();
    },
  };
}
