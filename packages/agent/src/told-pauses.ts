import type { Clock } from "@forewarn/sdk";
import type { Outbox } from "./outbox/outbox.ts";
import { ownEvent } from "./source/own-event.ts";
import type { Recorder } from "./source/recorder.ts";
import type { Telemetry } from "./telemetry.ts";

/** What was told of a pause: epoch milliseconds of its beginning. */
interface Told {
  readonly since: number;
}

/** Tells the other sinks of pauses, and of their ends, also of those of a run before. */
export interface ToldPauses {
  /** These sinks are gone, and their pauses with them. */
  forget(sinks: readonly string[]): void;
}

const nameOf = (sink: string) => `paused:${sink}`;

/** Whoever opened an alert for a pause must hear of its end, whatever ended it: a delivery, a new start, a removal. */
export function tellPauses(options: {
  readonly telemetry: Telemetry;
  readonly record: Recorder;
  readonly outbox: Pick<Outbox, "checkpoint">;
  readonly clock: Clock;
  readonly sinks: readonly string[];
}): ToldPauses {
  const { telemetry, record, outbox, clock, sinks } = options;
  const open = new Map<string, Told>();
  for (const sink of sinks) {
    const told = outbox.checkpoint<Told>(nameOf(sink));
    if (told !== null) open.set(sink, told);
  }

  function over(sink: string, pausedMs: number): void {
    open.delete(sink);
    const event = ownEvent("io.forewarn.sink.resumed", clock.now(), { sink, pausedMs });
    record([event], { checkpoints: { [nameOf(sink)]: null } });
  }

  function overSince(sink: string): void {
    const told = open.get(sink);
    if (told !== undefined) over(sink, Math.max(0, clock.now() - told.since));
  }

  telemetry.on("sinkPaused", (paused) => {
    const isOpen = open.has(paused.sink);
    const told = open.get(paused.sink) ?? { since: clock.now() };
    open.set(paused.sink, told);
    if (isOpen) return;
    const event = ownEvent("io.forewarn.sink.paused", clock.now(), paused);
    record([event], { checkpoints: { [nameOf(paused.sink)]: told } });
  });
  telemetry.on("sinkResumed", ({ sink, pausedMs }) => over(sink, pausedMs));
  telemetry.on("delivered", ({ sink }) => overSince(sink));

  return {
    forget(gone) {
      for (const sink of gone) overSince(sink);
    },
  };
}
