import type { EndReport, Envelope, Telemetry } from "@forewarn/agent";
import { formatDuration, isScheduledEvent, oneLine } from "@forewarn/sdk";
import type { ReceiverCounts } from "./receiver.ts";

/** What was forwarded where, for the end of a simulated run. */
export interface Tally {
  summary(reports: readonly EndReport[], received: ReceiverCounts): Summary;
}

/** The summary as facts; `text` puts it into words. */
export interface Summary {
  readonly durationMs: number;
  readonly events: number;
  readonly stories: readonly { readonly eventType: string; readonly phases: readonly string[] }[];
  readonly sinks: readonly EndReport[];
  readonly received: ReceiverCounts;
}

/** Counts what the agent stores, from now on. */
export function tally(telemetry: Telemetry): Tally {
  const began = performance.now();
  const stories = new Map<string, { eventType: string; phases: string[] }>();
  let events = 0;
  telemetry.on("appended", (envelopes: readonly Envelope[]) => {
    for (const { event } of envelopes) {
      events++;
      if (!isScheduledEvent(event)) continue;
      const { eventId, occurrence, eventType, phase } = event.data;
      // Azure may change the case of an EventId, and may name it anew after it was gone.
      const key = `${eventId.toLowerCase()} ${occurrence}`;
      const story = stories.get(key) ?? { eventType, phases: [] };
      story.phases.push(phase);
      stories.set(key, story);
    }
  });
  return {
    summary: (sinks, received) => ({
      durationMs: Math.round(performance.now() - began),
      events,
      stories: [...stories.values()],
      sinks,
      received,
    }),
  };
}

/** The summary in words, one fact a line. */
export function summaryText(
  { durationMs, events, stories, sinks, received }: Summary,
  targets: ReadonlyMap<string, string>,
): string {
  const width = Math.max(...sinks.map(({ sink }) => sink.length));
  return [
    `\nForwarded ${events} events in ${formatDuration(durationMs)}:`,
    ...sinks.map(({ sink, delivered, left, lost, dead }) => {
      const gone = lost === 0 ? "" : `${lost} lost, `;
      const target = targets.get(sink);
      const where = target === undefined ? "" : `  → ${oneLine(target)}`;
      return `  ${sink.padEnd(width)}  ${delivered} delivered, ${left - lost} left on disk, ${gone}${dead} dead${where}`;
    }),
    ...stories.map(({ eventType, phases }) => `  ${oneLine(eventType).padEnd(width)}  ${phases.join(" → ")}`),
    ...(received.received + received.refused === 0 ? [] : [receiverLine(received)]),
    "",
  ].join("\n");
}

function receiverLine({ received, verified, refused, duplicates }: ReceiverCounts): string {
  return `  The receiver took ${received} events: ${verified} requests with a right signature, ${refused} refused, ${duplicates} duplicates.`;
}
