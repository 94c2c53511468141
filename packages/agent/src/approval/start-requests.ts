import { type ImdsClient, isImdsError } from "@forewarn/imds";
import type { Clock } from "@forewarn/sdk";
import type { ApprovalIntent, Lifecycle } from "../normalize/lifecycle.ts";
import { tell } from "../normalize/phase.ts";
import type { Outbox } from "../outbox/outbox.ts";
import type { Lifecycles } from "../source/lifecycles.ts";
import type { Recorder } from "../source/recorder.ts";
import type { ApprovalOutcome, Telemetry } from "../telemetry.ts";

/** What came of one request to start an event. */
export interface StartOutcome {
  readonly outcome: "approved" | "failed" | "refused" | "stopped";
  /** What went wrong. */
  readonly message: string;
  /** What was thrown. */
  readonly error?: unknown;
}

/** What a request is made with. */
export interface StartContext {
  readonly imds: Pick<ImdsClient, "startRequests">;
  readonly lifecycles: Lifecycles;
  readonly outbox: Pick<Outbox, "degraded">;
  readonly record: Recorder;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  /** Aborts when the agent stops. */
  readonly signal: AbortSignal;
}

/** Asks Azure to start events. */
export interface StartRequests {
  /**
   * Stores the intent, unless it is stored, then asks Azure, then stores what Azure said: on 200 the `approved` event
   * and the approval in one transaction. A crash in between leaves the intent, and Azure is asked again: it answers 200
   * to what is approved already (Scheduled Events, "Start an event").
   */
  make(lifecycle: Lifecycle, intent: ApprovalIntent): Promise<StartOutcome>;
  /** Stores what Azure has accepted and could not be stored. */
  storeRest(): void;
}

/** Tells how far the approval of an event has come. */
export function tellApproval(
  telemetry: Telemetry,
  { eventId, eventType }: Lifecycle["entry"],
  by: ApprovalIntent["origin"]["by"],
  outcome: ApprovalOutcome,
  why?: string,
): void {
  telemetry.emit("approval", { eventId, eventType, outcome, by, ...(why === undefined ? {} : { why }) });
}

/** No request was made yet. */
export function createStartRequests(context: StartContext): StartRequests {
  const { imds, lifecycles, outbox, record, clock, telemetry, signal } = context;
  /** Approvals that Azure has accepted and the disk has not. */
  let unstored: readonly (() => boolean)[] = [];

  function remember(lifecycle: Lifecycle): boolean {
    const stored = record([], { lifecycles: [lifecycle] });
    if (stored) lifecycles.learn([lifecycle]);
    return stored;
  }

  /** The occurrence as it is known now, or as it was when it is known no more. */
  function current(lifecycle: Lifecycle): Lifecycle {
    const now = lifecycles.known.get(lifecycle.eventId);
    return now?.occurrence === lifecycle.occurrence ? now : lifecycle;
  }

  function accepted(posted: Lifecycle, { origin }: ApprovalIntent, time: number): boolean {
    const now = current(posted);
    const told = tell(now, { phase: "approved", approval: origin }, { time, document: null });
    const lifecycle: Lifecycle = { ...told.lifecycle, approval: "accepted" };
    // Of an occurrence that is known no more, only the event is left to tell.
    const isCurrent = lifecycles.known.get(posted.eventId) === now;
    const stored = record([told.draft], { lifecycles: isCurrent ? [lifecycle] : [] });
    if (stored && isCurrent) lifecycles.learn([lifecycle]);
    return stored;
  }

  function refused(posted: Lifecycle, isFirst: boolean): void {
    const now = current(posted);
    if (lifecycles.known.get(posted.eventId) !== now) return;
    // An earlier request may have arrived although its answer did not: then nobody knows what its end will mean.
    remember({ ...now, approval: isFirst ? "none" : now.approval, refused: true });
  }

  function storeRest(): void {
    unstored = unstored.filter((store) => !store());
  }

  return {
    storeRest,
    async make(lifecycle, intent) {
      const isFirst = lifecycle.approval === "none";
      const { refused: _, ...open } = lifecycle;
      const posting: Lifecycle = { ...open, approval: "posting", intent };
      const inMemory = "the intent cannot be stored on disk now";
      if (outbox.degraded() || unstored.length > 0) return { outcome: "failed", message: inMemory };
      if ((isFirst || lifecycle.refused === true) && !remember(posting))
        return { outcome: "failed", message: inMemory };
      // The disk may have failed just now: then the intent stands only in memory, where a crash would lose it.
      if (outbox.degraded()) {
        remember(lifecycle);
        return { outcome: "failed", message: inMemory };
      }
      const { entry } = lifecycle;
      const say = (outcome: ApprovalOutcome, why?: string) =>
        tellApproval(telemetry, entry, intent.origin.by, outcome, why);
      say("posting");
      try {
        await imds.startRequests([entry.eventId], { signal });
      } catch (error) {
        const message = (error as Error).message;
        if (signal.aborted) return { outcome: "stopped", message: "the agent is stopping" };
        if (!isImdsError(error)) throw error;
        const isRefusal = error.code === "bad-request";
        if (isRefusal) refused(lifecycle, isFirst);
        const outcome = isRefusal ? "refused" : "failed";
        say(outcome, message);
        return { outcome, message, error };
      }
      const time = clock.now();
      const store = () => accepted(lifecycle, intent, time);
      if (!store()) unstored = [...unstored, store];
      say("approved");
      return { outcome: "approved", message: "" };
    },
  };
}
