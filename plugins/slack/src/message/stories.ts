import type { ScheduledEvent, ScheduledEventData } from "@forewarn/sdk";

/** What earlier messages of the same story have told; empty after a restart, when the event alone must do. */
export interface Earlier {
  /** Epoch milliseconds. */
  readonly announcedAt?: number;
  /** Epoch milliseconds. */
  readonly startedAt?: number;
  /** What the last message told. */
  readonly data?: ScheduledEventData;
}

/** What this process has told of events that are not over. */
export interface Stories {
  earlier(event: ScheduledEvent): Earlier;
  /** Call it when an event has been posted. */
  remember(event: ScheduledEvent): void;
}

const mostStories = 1000;

/** A memory of stories, the oldest forgotten beyond a thousand. */
export function createStories(): Stories {
  const stories = new Map<string, Earlier>();

  return {
    earlier: (event) => stories.get(keyOf(event)) ?? {},
    remember(event) {
      const key = keyOf(event);
      const { time, data } = event;
      const before = stories.get(key);
      stories.delete(key);
      if (data.phase === "completed" || data.phase === "canceled" || data.phase === "ended") return;
      stories.set(key, {
        ...before,
        ...(data.phase === "scheduled" ? { announcedAt: Date.parse(time) } : {}),
        ...(data.phase === "started" ? { startedAt: Date.parse(time) } : {}),
        data,
      });
      const [oldest] = stories.keys();
      if (stories.size > mostStories && oldest !== undefined) stories.delete(oldest);
    },
  };
}

function keyOf({ data }: ScheduledEvent): string {
  return `${data.eventId.toLowerCase()} ${data.occurrence}`;
}
