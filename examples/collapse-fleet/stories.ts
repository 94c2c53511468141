import { nameOfVm, type ScheduledEvent, type ScheduledEventPhase } from "@forewarn/sdk";

/** What a whole fleet knows about one scheduled event of Azure's. */
export interface Story {
  /** In lower case. */
  readonly eventId: string;
  readonly eventType: string;
  /** The VMs that it affects. */
  readonly resources: readonly string[];
  readonly phase: ScheduledEventPhase;
  /** As far as it is known. */
  readonly notBefore: string | null;
  /** The names of the VMs that have told of it. */
  readonly observers: readonly string[];
  /** How many events of theirs it was made of. */
  readonly observations: number;
}

/** Makes one story of what every VM of a placement group tells about the same scheduled event. */
export interface Stories {
  /** The story, where this event is the first to tell something new of it; undefined where others have told it before. */
  add(event: ScheduledEvent): Story | undefined;
  /** All stories, in the order in which they were first heard of. */
  all(): readonly Story[];
}

/** How much is known of the end: `ended` says only that nobody saw more, so it never replaces a better one. */
const certainty: Readonly<Partial<Record<ScheduledEventPhase, number>>> = {
  ended: 1,
  canceled: 2,
  completed: 3,
};

/** Begins without a story. All is kept in memory: a real service would forget stories that are long over. */
export function createStories(): Stories {
  const stories = new Map<string, Story>();
  const told = new Set<string>();

  function isNews(id: string, phase: ScheduledEventPhase, known: Story | undefined): boolean {
    // Every VM gives the same thing the same id (`<eventId>:<phase>`), so the first one tells the news.
    if (told.has(id)) return false;
    const end = known && certainty[known.phase];
    return end === undefined || (certainty[phase] ?? 0) > end;
  }

  return {
    add({ id, data }) {
      const eventId = data.eventId.toLowerCase();
      const key = `${eventId} ${data.occurrence}`;
      const known = stories.get(key);
      const news = isNews(id, data.phase, known);
      told.add(id);
      const { eventType, resources, phase, notBefore } = news ? data : (known ?? data);
      const observer = nameOfVm(data.vm) ?? "unknown";
      const story: Story = {
        eventId,
        eventType,
        resources,
        phase,
        notBefore,
        observers: [...new Set([...(known?.observers ?? []), observer])].toSorted(),
        observations: (known?.observations ?? 0) + 1,
      };
      stories.set(key, story);
      return news ? story : undefined;
    },
    all: () => [...stories.values()],
  };
}
