import type { Lifecycle } from "../normalize/lifecycle.ts";
import type { Outbox } from "../outbox/outbox.ts";
import type { Route } from "../router/router.ts";
import type { Stage } from "./policy.ts";

/** What stages are read from. */
export interface StageSources {
  readonly outbox: Pick<Outbox, "announcement" | "positionOf" | "replays" | "settlement" | "settling">;
  /** The route of a running sink; null where there is none of that name. */
  readonly routeOf: (sink: string) => Route | null;
}

/** How far a sink has come with the announcement of an event's current occurrence, as the disk has it. */
export function stageAt(
  sink: string,
  { eventId, occurrence }: Pick<Lifecycle, "eventId" | "occurrence">,
  { outbox, routeOf }: StageSources,
): Stage {
  const never = (why: string): Stage => ({ kind: "never", why });
  const wants = routeOf(sink);
  if (wants === null) return never(`there is no sink ${sink}`);
  const envelope = outbox.announcement(eventId, occurrence);
  if (envelope === null) return never("its announcement is not kept any more");
  const { seq } = envelope;
  if (outbox.settling(sink, seq)) return { kind: "waiting" };
  const settlement = outbox.settlement(seq, sink);
  if (settlement !== null) {
    const { dead } = settlement;
    return dead === null
      ? { kind: "has" }
      : never(`${sink} did not take it (${dead.reason}: ${dead.message})`);
  }
  if (outbox.positionOf(sink) < seq) {
    return wants(envelope) ? { kind: "waiting" } : never(`the \`when\` of ${sink} leaves it out`);
  }
  // A person may have marked it to be delivered again a moment ago.
  if (outbox.replays(sink).includes(seq)) return { kind: "waiting" };
  return never(
    wants(envelope) ? `${sink} began after its announcement` : `the \`when\` of ${sink} leaves it out`,
  );
}
