import type { HistoryEntry, Passage } from "@forewarn/agent";
import { type ForewarnEvent, formatDuration, isScheduledEvent, type ScheduledEventData } from "@forewarn/sdk";
import { documentedNoticeMs } from "../../documented-notice.ts";
import { eventOf, scheduledOf } from "./history-event.ts";

/** NotBefore has whole seconds, and a poll may come a second late: so much less than documented is no finding. */
const toleranceMs = 2000;
/** Where nobody watches before, and for so long afterwards what is seen for the first time may be older: the first answer of IMDS may take 2 minutes (Azure docs: Scheduled Events, "Enabling and disabling"), and of polls that named nothing the outbox says nothing. */
const blind: Readonly<Record<string, { readonly ms: number; readonly until: string }>> = {
  "io.forewarn.agent.started": { ms: 130_000, until: "the agent started" },
  "io.forewarn.imds.recovered": { ms: 15_000, until: "IMDS answered again" },
  "io.forewarn.agent.stalled": { ms: 15_000, until: "the process went on" },
};

/** The types from which notices are measured. */
export const noticeTypes: readonly string[] = ["io.forewarn.scheduledevent.*", ...Object.keys(blind)];

/** How much notice there was of one scheduled event. */
export interface Notice {
  readonly eventId: string;
  readonly occurrence: number;
  readonly eventType: string;
  readonly resources: readonly string[];
  readonly affectsSelf: boolean | undefined;
  /** When it was seen first, epoch milliseconds. */
  readonly seen: number;
  /** From then until it started, else until its NotBefore; null where neither is known. */
  readonly measuredMs: number | null;
  /** What it was measured to. */
  readonly until: "started" | "notBefore" | null;
  /** Null for a type of which nothing is documented. */
  readonly minimumMs: number | null;
  /** Whether it was less than documented; null where that cannot be judged. */
  readonly below: boolean | null;
  /** Why it cannot be judged. */
  readonly why?: string;
}

/** All that is known of a history: what is shown, and the notices of the scheduled events in it. */
export interface HistoryView {
  readonly entries: readonly HistoryEntry[];
  readonly notices: ReadonlyMap<string, Notice>;
  /** The names of the sinks; null where no configuration says them. */
  readonly configured: readonly string[] | null;
}

/** Whether an event waits for a sink that the configuration does not name. */
export function waitsInVain({ sink, state }: Passage, { configured }: HistoryView): boolean {
  return state === "pending" && configured?.includes(sink) === false;
}

/** The notices of those scheduled events of which something is shown, in the order in which they were seen first. */
export function shownNotices({ entries, notices }: HistoryView): readonly Notice[] {
  const shown = new Set(
    entries
      .map(scheduledOf)
      .filter((data) => data !== null)
      .map(noticeKey),
  );
  return [...notices].filter(([key]) => shown.has(key)).map(([, notice]) => notice);
}

/** The notice of the scheduled event that an entry is about; null for any other entry. */
export function noticeFor(entry: HistoryEntry, { notices }: HistoryView): Notice | null {
  const data = scheduledOf(entry);
  return data === null ? null : (notices.get(noticeKey(data)) ?? null);
}

/** The notice of each scheduled event among these, in the order in which they were seen, by {@link noticeKey}. */
export function noticesOf(entries: readonly HistoryEntry[]): ReadonlyMap<string, Notice> {
  const events = entries.map(eventOf).filter((event) => event !== null);
  const stories = Map.groupBy(
    events.filter(isScheduledEvent).map((event) => ({ at: Date.parse(event.time), ...event.data })),
    noticeKey,
  );
  const watch: Watch = {
    begun: events.filter(({ type }) => type in blind),
    seen: events.filter(isScheduledEvent).map(({ time }) => Date.parse(time)),
  };
  return new Map([...stories].map(([key, story]) => [key, noticeOf(story, watch)]));
}

/** What names one occurrence of a scheduled event. */
function noticeKey({ eventId, occurrence }: Pick<ScheduledEventData, "eventId" | "occurrence">): string {
  return `${eventId.toLowerCase()} ${occurrence}`;
}

type Chapter = ScheduledEventData & { readonly at: number };

/** Who watched when. */
interface Watch {
  /** Where somebody began to, or began again. */
  readonly begun: readonly ForewarnEvent[];
  /** When a document was read in which scheduled events had changed, epoch milliseconds. */
  readonly seen: readonly number[];
}

function noticeOf(story: readonly Chapter[], watch: Watch): Notice {
  const first = story[0] as Chapter;
  const last = story.at(-1) as Chapter;
  const started = story.find(({ phase }) => phase === "started");
  const announced = story.find(({ phase }) => phase === "scheduled");
  const approved = story.some(({ phase }) => phase === "approved");
  // Who lets an event start early is not given less notice by Azure.
  const measure = approved || typeof started?.noticeMs !== "number" ? announced : started;
  const measuredMs = measure?.noticeMs ?? null;
  const until = measuredMs === null ? null : measure === started ? "started" : "notBefore";
  const minimumMs = documentedNoticeMs[last.eventType] ?? null;
  const judged = judge(measuredMs, minimumMs, blindness(first.at, watch));
  const { eventId, occurrence, eventType, resources, affectsSelf } = last;
  return {
    eventId,
    occurrence,
    eventType,
    resources,
    affectsSelf,
    seen: first.at,
    measuredMs,
    until,
    minimumMs,
    ...judged,
  };
}

function judge(
  measuredMs: number | null,
  minimumMs: number | null,
  doubt: string | null,
): Pick<Notice, "below" | "why"> {
  if (minimumMs === null) return { below: null, why: "nothing is documented for this type" };
  if (measuredMs === null) return { below: null, why: "neither its NotBefore nor its start is known" };
  const below = measuredMs + toleranceMs < minimumMs;
  return below && doubt !== null ? { below: null, why: `${doubt}, so it may be older` } : { below };
}

/** How soon it was seen after somebody began to watch; null where that was long ago. Another event that was seen meanwhile stood in a document in which this one did not. */
function blindness(at: number, { begun, seen }: Watch): string | null {
  for (const { type, time, data } of begun.toReversed()) {
    const { ms = 0, until = "" } = blind[type] ?? {};
    const told = Date.parse(time);
    // The answer that ends an outage is read before its end is told.
    const from = "since" in data ? Date.parse(data.since) : told;
    if (at < from || at - told > ms || seen.some((other) => other >= told && other < at)) continue;
    return `first seen ${at - told < 1000 ? "when" : `${formatDuration(at - told)} after`} ${until}`;
  }
  return null;
}
