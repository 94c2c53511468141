import type { LiveDocument } from "../events/live-document.ts";
import { systemClock } from "../time/clock.ts";
import type { SimulatorClock } from "../time/clock.ts";
import type { TimelineStep } from "./plan-scenario.ts";

/**
 * Plays a timeline on a document and resolves after its last step. An event that is approved, rescheduled or removed by
 * someone else meanwhile goes on from there: it starts at the NotBefore it shows, and stays Started as long as planned.
 * Rejects with the signal's reason when that aborts, and leaves the document as it stands.
 */
export async function playSteps(
  live: LiveDocument,
  steps: readonly TimelineStep[],
  signal: AbortSignal,
  clock: SimulatorClock = systemClock,
): Promise<void> {
  const tracks = Map.groupBy(steps, (step) => step.eventId);
  await Promise.all([...tracks.values()].map((track) => playTrack({ live, signal, clock }, track)));
}

/** What a track is played on. */
interface Stage {
  readonly live: LiveDocument;
  readonly signal: AbortSignal;
  readonly clock: SimulatorClock;
}

async function playTrack(stage: Stage, track: readonly TimelineStep[]): Promise<void> {
  const { live, clock } = stage;
  let late = 0;
  for (const step of track) {
    const { eventId } = step;
    if (step.action === "add") {
      await reach(stage, () => step.at);
      live.add(step.event);
    } else if (step.action === "start") {
      await reach(stage, () => startTime(live, step));
      late = clock.now() - step.at;
      if (live.find(eventId)) live.start(eventId);
    } else {
      const at = step.at + late;
      await reach(stage, () => (live.find(eventId) ? at : -Infinity));
      if (live.find(eventId)) live.remove(eventId);
    }
  }
  const last = track.at(-1);
  // Its course has no end of its own: somebody else removes it.
  if (last?.action === "add") await reach(stage, () => (live.find(last.eventId) ? Infinity : -Infinity));
}

/** The NotBefore the document shows, which an update may have moved; the past when nothing is left to start. */
function startTime(live: LiveDocument, step: TimelineStep): number {
  const event = live.find(step.eventId);
  if (event === undefined || event.EventStatus === "Started") return -Infinity;
  const shown = Date.parse(event.NotBefore);
  return Number.isNaN(shown) ? step.at : shown;
}

/** Resolves once the clock has reached `due()`, epoch milliseconds, which is read again after every change. */
async function reach(stage: Stage, due: () => number): Promise<void> {
  for (;;) {
    stage.signal.throwIfAborted();
    const wait = due() - stage.clock.now();
    if (wait <= 0) return;
    await nextOccasion(stage, wait);
  }
}

function nextOccasion({ live, signal, clock }: Stage, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const wake = () => {
      cancel();
      signal.removeEventListener("abort", wake);
      ignoreChanges();
      resolve();
    };
    const cancel = clock.after(ms, wake);
    const ignoreChanges = live.onChange(wake);
    signal.addEventListener("abort", wake);
  });
}
