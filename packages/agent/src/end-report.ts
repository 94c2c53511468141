import type { StopReport } from "./delivery/subscription.ts";
import type { Fleet } from "./fleet.ts";
import type { Outbox } from "./outbox/outbox.ts";
import type { Telemetry } from "./telemetry.ts";

/** How a sink ended with its agent. */
export interface EndReport extends StopReport {
  /** How many of those left stood only in memory, and are lost with it; the others are on disk. */
  readonly lost: number;
}

/** Closes the outbox of sinks that have stopped, and tells what is lost where it cannot be written to the end. */
export function closeOutbox(
  reports: readonly StopReport[],
  {
    outbox,
    fleet,
    telemetry,
  }: {
    readonly outbox: Pick<Outbox, "close">;
    readonly fleet: Pick<Fleet, "unsaved">;
    readonly telemetry: Telemetry;
  },
): readonly EndReport[] {
  const unsaved = fleet.unsaved();
  const loss = outbox.close();
  if (loss === null) return reports.map((report) => ({ ...report, lost: 0 }));
  telemetry.emit("memoryLost", { ...loss, undelivered: new Set([...unsaved.values()].flat()).size });
  return reports.map((report) => {
    const lost = unsaved.get(report.sink)?.length ?? 0;
    // What another sink's end had the agent tell came after this one's report.
    return { ...report, left: Math.max(report.left, lost), lost };
  });
}
