import type { Clock } from "@forewarn/sdk";
import type { Envelope } from "./outbox/envelope.ts";
import type { Degradation, Outbox } from "./outbox/outbox.ts";
import { ownEvent } from "./source/own-event.ts";
import type { Recorder } from "./source/recorder.ts";
import type { StateWork, Telemetry } from "./telemetry.ts";

/** Sees to the outbox while the agent runs. */
export interface Caretaker {
  /** Applies the limits once. */
  retain(): void;
  /** Tells what went wrong with the state directory since it was last asked. */
  check(): void;
  /**
   * Looks every second for marks of another process and whether there is room, tries a failing disk every 5 s and applies
   * the limits every minute, or where there is no room, until `signal` aborts.
   */
  run(signal: AbortSignal): Promise<void>;
}

const retainEveryMs = 60_000;
const restoreEveryMs = 5000;
const lookEveryMs = 1000;

/** Makes the caretaker of an outbox. */
export function createCaretaker(options: {
  readonly outbox: Outbox;
  readonly record: Recorder;
  readonly telemetry: Telemetry;
  readonly clock: Clock;
  /** The names of the sinks that hold events. */
  readonly sinks: () => readonly string[];
  /** The places of the events that are being sent. */
  readonly underWay: () => readonly number[];
  /** Whether a sink is to get an event, if it has not yet. */
  readonly wants: (sink: string, envelope: Envelope) => boolean;
  /** Called with the places at which sinks lost events, since the outbox was full. */
  readonly evicted: (lost: ReadonlyMap<string, readonly number[]>) => void;
  /** Called when what the disk holds can be read again. */
  readonly restored: () => void;
  /** Called when somebody wants a sink to get events again. */
  readonly marked: () => void;
  /** Called every second. */
  readonly ticked: () => void;
}): Caretaker {
  const { outbox, record, telemetry, clock, sinks, underWay, wants, evicted, restored, marked, ticked } =
    options;
  /** Since when events are kept in memory only, by the monotonic clock. */
  let since: number | null = null;

  function tell(trouble: Degradation): void {
    const { reason, message } = trouble;
    const found =
      trouble.reason === "damage"
        ? { kept: trouble.quarantine.kept, salvaged: trouble.quarantine.events }
        : {};
    telemetry.emit("degraded", { reason, message, ...found });
    record([ownEvent("io.forewarn.agent.degraded", clock.now(), { reason, message, ...found })]);
  }

  function check(): void {
    if (since === null && outbox.degraded()) since = clock.monotonic();
    for (const trouble of outbox.troubles()) tell(trouble);
  }

  function restore(): void {
    if (!outbox.degraded() || !outbox.restore()) return;
    const degradedMs = Math.round(clock.monotonic() - (since ?? clock.monotonic()));
    since = null;
    telemetry.emit("restored", { degradedMs });
    record([ownEvent("io.forewarn.agent.restored", clock.now(), { degradedMs })]);
    restored();
  }

  /** What fails here is tried again: the agent goes on without it. */
  function attempt(doing: StateWork, work: () => void): void {
    try {
      work();
    } catch (error) {
      telemetry.emit("stateFailed", { doing, message: (error as Error).message });
    }
  }

  function lookForMarks(): void {
    attempt("reading events", () => {
      if (outbox.marked()) marked();
    });
  }

  function retain(): void {
    // What is to be delivered again must not be removed as finished.
    lookForMarks();
    attempt("applying the limits", () => {
      const { lost, ...removed } = outbox.retain(sinks(), underWay(), wants);
      if (lost !== undefined) evicted(lost);
      if (removed.removed + removed.evicted > 0) telemetry.emit("retained", removed);
    });
  }

  /** A sink that works has had a moment to take what came. */
  function isCrowded(): boolean {
    let crowded = false;
    attempt("applying the limits", () => {
      crowded = outbox.crowded();
    });
    return crowded;
  }

  return {
    retain,
    check,
    async run(signal) {
      let tried = Number.NEGATIVE_INFINITY;
      let retained = Number.NEGATIVE_INFINITY;
      for (; !signal.aborted; await clock.sleep(lookEveryMs, signal)) {
        const now = clock.monotonic();
        attempt("storing events", outbox.look);
        check();
        lookForMarks();
        ticked();
        if (now - tried >= restoreEveryMs) {
          attempt("storing events", restore);
          tried = now;
        }
        if (now - retained < retainEveryMs && !isCrowded()) continue;
        retain();
        retained = now;
      }
    },
  };
}
