import type { LiveDocument } from "../events/live-document.ts";
import type { TimelineStep } from "./plan-scenario.ts";

/** The longest wait a Node.js timer takes, in milliseconds; a longer one would fire at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

/**
 * Plays a timeline on a document and resolves after its last step. An event that is approved, rescheduled or removed by
 * someone else meanwhile goes on from there: it starts at the NotBefore it shows, and stays Started as long as planned.
 * Rejects with the signal's reason when that aborts, and leaves the document as it stands.
 */
export async function playSteps(
  live: LiveDocument,
  steps: readonly TimelineStep[],
  signal: AbortSignal,
): Promise<void> {
  const tracks = Map.groupBy(steps, (step) => step.eventId);
  await Promise.all([...tracks.values()].map((track) => playTrack(live, track, signal)));
}

async function playTrack(
  live: LiveDocument,
  track: readonly TimelineStep[],
  signal: AbortSignal,
): Promise<void> {
  let late = 0;
  for (const step of track) {
    const { eventId } = step;
    if (step.action === "add") {
      await reach(live, () => step.at, signal);
      live.add(step.event);
    } else if (step.action === "start") {
      await reach(live, () => startTime(live, step), signal);
      late = Date.now() - step.at;
      if (live.find(eventId)) live.start(eventId);
    } else {
      const at = step.at + late;
      await reach(live, () => (live.find(eventId) ? at : -Infinity), signal);
      if (live.find(eventId)) live.remove(eventId);
    }
  }
}

/** The NotBefore the document shows, which an update may have moved; the past when nothing is left to start. */
function startTime(live: LiveDocument, step: TimelineStep): number {
  const event = live.find(step.eventId);
  if (event === undefined || event.EventStatus === "Started") return -Infinity;
  const shown = Date.parse(event.NotBefore);
  return Number.isNaN(shown) ? step.at : shown;
}

/** Resolves once the clock has reached `due()`, epoch milliseconds, which is read again after every change. */
async function reach(live: LiveDocument, due: () => number, signal: AbortSignal): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    const wait = due() - Date.now();
    if (wait <= 0) return;
    await nextOccasion(live, Math.min(Math.ceil(wait), LONGEST_TIMER), signal);
  }
}

function nextOccasion(live: LiveDocument, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const wake = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", wake);
      ignoreChanges();
      resolve();
    };
    const timer = setTimeout(wake, ms);
    const ignoreChanges = live.onChange(wake);
    signal.addEventListener("abort", wake);
  });
}
