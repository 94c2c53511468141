import { createHash } from "node:crypto";
import { readWire, type WireEntry } from "./wire.ts";

/** What table 3.1 of the design says of one step: the naive reading of it, apart from the agent's. */
export interface Expected {
  readonly id: string;
  readonly phase: string;
  readonly outcome: string | undefined;
  readonly changed: readonly string[] | undefined;
  readonly occurrence: number;
  readonly affectsSelf: boolean | undefined;
  readonly impact: "info" | "warn" | "error";
  readonly noticeMs: number | null;
  readonly notBefore: number | null;
  /** Epoch milliseconds; null: never urgent. */
  readonly urgent: { readonly from: number; readonly until: number } | null;
}

interface Story {
  entry: WireEntry;
  occurrence: number;
  started: boolean;
  firstSeen: number;
  notBefore: number | null;
  notice: number | null;
  impact: Expected["impact"];
  self: boolean | undefined;
  gone: boolean;
  /** It was meant to start before its time. */
  approved: boolean;
  /** Set where nobody watched since it was last seen. */
  unwatched: { readonly rebooted: boolean } | null;
  readonly uses: Record<string, number>;
}

/** What both clocks of the VM show. */
export interface Clocks {
  readonly wall: number;
  readonly monotonic: number;
}

/** What the agent stored of its last good answer. */
export interface StoredPoll {
  readonly lastGood: number;
  readonly distrustUntil: number;
  readonly bootId: string;
}

/** A naive reader of everything that one state directory has seen. */
export interface Reference {
  /** A process starts; `stored` is what the disk says, null where nothing. */
  restart(stored: StoredPoll | null, rebooted: boolean): void;
  /** The agent's word, told now or by a process before, is that IMDS does not answer. */
  unreachable(): void;
  observe(
    answer: Clocks & { readonly text: string; readonly asked: Clocks; readonly selfName: string | null },
  ): readonly Expected[];
  /** The agent has stored, on disk, that it means an event to start before its time. */
  approve(eventId: string): void;
  /** What is known so far is on disk. */
  keep(): void;
  /** What was known since it was last kept is gone. */
  forget(): void;
}

const severe: ReadonlySet<string> = new Set(["preempt", "terminate", "redeploy", "reboot"]);
const ranks = ["info", "warn", "error"] as const;
const minutes = 60_000;

const isStarted = (entry: WireEntry) => entry.status.toLowerCase() === "started";

/** By the clock that shows more, where it is a second more than the other one. */
function sinceThen(then: Clocks, now: Clocks): number {
  const [own, day] = [now.monotonic - then.monotonic, now.wall - then.wall];
  return day >= own + 1000 ? day : own;
}

/** By name, in the order of the alphabet. */
function contentOf(entry: WireEntry, started: boolean): Readonly<Record<string, unknown>> {
  return {
    ...(started ? {} : { description: entry.description }),
    durationSeconds: entry.duration,
    eventSource: entry.source,
    eventType: entry.type,
    ...(started ? {} : { notBefore: entry.notBefore ?? entry.notBeforeRaw }),
    resourceType: entry.resourceType,
    resources: entry.resources.map((name) => name.toLowerCase()).toSorted(),
    status: entry.status.toLowerCase(),
  };
}

function differences(before: WireEntry, after: WireEntry): readonly string[] {
  const started = isStarted(before) || isStarted(after);
  const [old, now] = [contentOf(before, started), contentOf(after, started)];
  return Object.keys(now).filter((field) => JSON.stringify(old[field]) !== JSON.stringify(now[field]));
}

function selfIn(entry: WireEntry, selfName: string | null): boolean | undefined {
  if (selfName === null) return undefined;
  return entry.resources.some((name) => name.toLowerCase() === selfName.toLowerCase());
}

function impactOf(entry: WireEntry, self: boolean | undefined): Expected["impact"] {
  if (self === false) return "info";
  if (severe.has(entry.type.toLowerCase())) return "error";
  return entry.duration === 0 ? "info" : "warn";
}

function urgencyOf(story: Story, phase: string, time: number): Expected["urgent"] {
  if (phase === "started") return story.self === false ? null : { from: time, until: time + 2 * minutes };
  if (phase !== "scheduled" && phase !== "updated") return null;
  if (story.notBefore === null || isStarted(story.entry)) return null;
  const lead = story.impact === "error" ? 15 * minutes : 2 * minutes;
  return { from: story.notBefore - lead, until: story.notBefore };
}

/** How long it is from one good answer to the next where that is no gap yet. */
export function gapAfter(pollIntervalMs: number): number {
  return Math.max(5 * pollIntervalMs, 10_000);
}

/** Knows nothing yet; a gap is longer than `gapAfterMs`. */
export function createReference({ gapAfterMs }: { readonly gapAfterMs: number }): Reference {
  let stories = new Map<string, Story>();
  let kept = structuredClone(stories);
  let stored: StoredPoll | null = null;
  let rebooted = false;
  let lastSeen: Clocks | null = null;
  let trustFrom = 0;
  let silent = false;

  function tell(
    story: Story,
    time: number,
    phase: string,
    more: Partial<Pick<Expected, "outcome" | "changed" | "noticeMs">> = {},
  ): Expected {
    let base = `${story.entry.id}:${phase}`;
    if (phase === "updated") {
      const content = JSON.stringify(contentOf(story.entry, isStarted(story.entry)));
      base += `:${createHash("sha256").update(content).digest("hex").slice(0, 12)}`;
    }
    const uses = (story.uses[base] = (story.uses[base] ?? 0) + 1);
    return {
      id: uses === 1 ? base : `${base}:${uses}`,
      phase,
      outcome: more.outcome,
      changed: more.changed,
      occurrence: story.occurrence,
      affectsSelf: story.self,
      impact: story.impact,
      noticeMs: more.noticeMs === undefined ? story.notice : more.noticeMs,
      notBefore: story.notBefore,
      urgent: urgencyOf(story, phase, time),
    };
  }

  function endOf(story: Story, time: number): Expected {
    if (story.started) return tell(story, time, "completed");
    if (story.approved) return tell(story, time, "ended", { outcome: "removed-after-approval" });
    if (story.unwatched !== null) {
      const byRestart =
        story.unwatched.rebooted &&
        story.self === true &&
        ["reboot", "redeploy"].includes(story.entry.type.toLowerCase());
      return byRestart
        ? tell(story, time, "completed", { outcome: "machine-restarted" })
        : tell(story, time, "ended", { outcome: "not-observed" });
    }
    if (story.notBefore === null) return tell(story, time, "ended", { outcome: "notbefore-unknown" });
    return time < story.notBefore - 5000
      ? tell(story, time, "canceled", { outcome: "removed-before-start" })
      : tell(story, time, "ended", { outcome: "removed-after-notbefore" });
  }

  function open(entry: WireEntry, time: number, selfName: string | null, continuous: boolean): Expected {
    const before = stories.get(entry.id);
    const self = selfIn(entry, selfName);
    const started = isStarted(entry);
    const story: Story = {
      entry,
      occurrence: (before?.occurrence ?? 0) + 1,
      started,
      firstSeen: time,
      notBefore: entry.notBefore,
      notice: started && continuous ? 0 : null,
      impact: impactOf(entry, self),
      self,
      gone: false,
      approved: false,
      unwatched: null,
      uses: before?.uses ?? {},
    };
    stories.set(entry.id, story);
    if (started) return tell(story, time, "started");
    return tell(story, time, "scheduled", {
      noticeMs: entry.notBefore === null ? null : entry.notBefore - time,
    });
  }

  function seeAgain(story: Story, entry: WireEntry, time: number, selfName: string | null): Expected | null {
    const before = story.entry;
    story.entry = entry;
    story.unwatched = null;
    if (selfIn(entry, selfName) === true) story.self = true;
    story.impact =
      ranks[Math.max(ranks.indexOf(story.impact), ranks.indexOf(impactOf(entry, story.self)))] ?? "error";
    if (entry.notBefore !== null || !isStarted(entry)) story.notBefore = entry.notBefore;
    if (isStarted(entry) && !isStarted(before)) {
      const noticeMs = time - story.firstSeen;
      if (!story.started) story.notice = noticeMs;
      story.started = true;
      return tell(story, time, "started", { noticeMs });
    }
    const changed = differences(before, entry);
    if (changed.length === 0) return null;
    const left = entry.notBefore === null ? null : entry.notBefore - time;
    return tell(story, time, "updated", { changed, noticeMs: story.started ? story.notice : left });
  }

  return {
    restart(poll, wasRebooted) {
      stored = poll;
      rebooted = wasRebooted;
      lastSeen = null;
      silent = false;
    },
    unreachable() {
      silent = true;
    },
    approve(eventId) {
      const story = stories.get(eventId.toLowerCase());
      const ofDisk = kept.get(eventId.toLowerCase());
      if (story !== undefined) story.approved = true;
      if (ofDisk?.occurrence === story?.occurrence && ofDisk !== undefined) ofDisk.approved = true;
    },
    keep() {
      kept = structuredClone(stories);
    },
    forget() {
      stories = structuredClone(kept);
    },
    observe({ text, asked, wall, monotonic, selfName }) {
      const document = readWire(text);
      if (document === null) return [];
      const first = lastSeen === null;
      const now = { wall, monotonic };
      const before = stored === null ? null : wall - stored.lastGood;
      const since = lastSeen === null ? before : sinceThen(lastSeen, now);
      const gap = silent || since === null || since < 0 || since > gapAfterMs;
      silent = false;
      if (first)
        trustFrom = stored === null ? 0 : monotonic + Math.min(stored.distrustUntil - wall, 5 * minutes);
      if (since !== null && since > 24 * 60 * minutes) trustFrom = monotonic + 5 * minutes;
      const slept = wall - asked.wall - (monotonic - asked.monotonic);
      lastSeen = slept > gapAfterMs ? asked : now;
      const told: Expected[] = [];
      for (const [id, story] of stories) {
        if (story.gone || document.entries.has(id)) continue;
        if (selfIn(story.entry, selfName) === true) story.self = true;
        if (gap || first) {
          const restarted = first && stored !== null && rebooted;
          story.unwatched = { rebooted: restarted || story.unwatched?.rebooted === true };
        }
        if (document.partial || monotonic < trustFrom) continue;
        story.gone = true;
        told.push(endOf(story, wall));
        story.unwatched = null;
      }
      for (const [id, entry] of document.entries) {
        const story = stories.get(id);
        const step =
          story === undefined || story.gone
            ? open(entry, wall, selfName, !gap)
            : seeAgain(story, entry, wall, selfName);
        if (step !== null) told.push(step);
      }
      return told;
    },
  };
}
