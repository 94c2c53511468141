import type { ScheduledEventsDocument } from "@forewarn/imds";
import type { Clock } from "@forewarn/sdk";
import type { Observation } from "../normalize/observation.ts";
import { sameBoot } from "./boot.ts";
import { elapsedBetween, leapBetween, type Moment, momentOf } from "./moment.ts";

/** What the source remembers of its last good answer; stored with every append and every 30 s. */
export interface PollCheckpoint {
  /** When it arrived, epoch milliseconds. */
  readonly lastGood: number;
  readonly bootId: string;
  /** Until when a missing event is not believed to be over, epoch milliseconds; 0 where it is. */
  readonly distrustUntil: number;
}

const day = 24 * 3_600_000;
const settling = 5 * 60_000;

/** A good answer on its way to the disk. */
export interface Observed {
  readonly observation: Observation;
  readonly checkpoint: PollCheckpoint;
  /** Call it when the answer's events are on disk; until then the answer before it stays the last one. */
  accept(): void;
}

/** Tells for each good answer how it follows the one before. */
export interface Continuity {
  /** `asked` is when the answer was asked for; it has arrived now. `unreachable`: until now the agent's own word was that IMDS does not answer. */
  observe(document: ScheduledEventsDocument, asked: Moment, unreachable: boolean): Observed;
  /** What to store for the answer accepted last; null before the first. */
  checkpoint(): PollCheckpoint | null;
}

/**
 * A gap is more than max(5 × pollInterval, 10 s) since the last good answer: by the longer of both clocks within a
 * process, by the wall clock across a restart, where going back counts as a gap too. So is any time in which the agent
 * had told that IMDS is unreachable. After a silence of more than 24 h the service may just have been switched on again
 * (Azure docs: Scheduled Events, "Enabling and disabling"), so absence is not believed for 5 minutes.
 */
export function createContinuity(options: {
  readonly clock: Clock;
  readonly pollIntervalMs: number;
  readonly bootId: string;
  readonly stored: PollCheckpoint | null;
}): Continuity {
  const { clock, bootId, stored } = options;
  const gapAfterMs = Math.max(5 * options.pollIntervalMs, 10_000);
  /** When the last good answer was written at the latest, and from when on absence is believed, monotonic. */
  let last: { readonly good: Moment; readonly believedFrom: number } | null = null;
  let current: PollCheckpoint | null = null;

  function sinceLastGood(now: Moment): number | null {
    if (last !== null) return elapsedBetween(last.good, now);
    return stored === null ? null : now.wall - stored.lastGood;
  }

  function believedFrom(since: number | null, { wall, monotonic }: Moment): number {
    if (since !== null && since > day) return monotonic + settling;
    if (last !== null) return last.believedFrom;
    // A wall clock that was set back meanwhile must not make more of it than it was.
    return stored === null ? monotonic : monotonic + Math.min(stored.distrustUntil - wall, settling);
  }

  return {
    observe(document, asked, unreachable) {
      const now = momentOf(clock);
      const since = sinceLastGood(now);
      const gap = unreachable || since === null || since < 0 || since > gapAfterMs;
      const restarted = last === null;
      const believed = believedFrom(since, now);
      const distrustMs = Math.max(0, Math.ceil(believed - now.monotonic));
      const distrustUntil = distrustMs === 0 ? 0 : now.wall + distrustMs;
      const checkpoint = { lastGood: now.wall, bootId, distrustUntil };
      // One that was on its way while the machine was suspended may be of the time before.
      const good = leapBetween(asked, now) > gapAfterMs ? asked : now;
      const elapsed = since === null || since < 0 ? null : Math.round(since);
      const rebooted = restarted && stored !== null && !sameBoot(stored.bootId, bootId);
      return {
        checkpoint,
        observation: {
          document,
          time: now.wall,
          continuous: !gap,
          gapMs: gap ? elapsed : null,
          unwatched: gap || restarted ? { gapMs: elapsed, rebooted } : null,
          absenceBelieved: distrustMs === 0 && !document.partial,
        },
        accept() {
          last = { good, believedFrom: believed };
          current = checkpoint;
        },
      };
    },
    checkpoint: () => current,
  };
}
