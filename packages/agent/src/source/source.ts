import { type ImdsClient, isImdsError } from "@forewarn/imds";
import type { Clock } from "@forewarn/sdk";
import { type Normalized, normalize } from "../normalize/normalize.ts";
import type { Outbox } from "../outbox/outbox.ts";
import type { ImdsSettings } from "../settings.ts";
import type { Telemetry } from "../telemetry.ts";
import { readBootId } from "./boot.ts";
import { createContinuity, type Observed, type PollCheckpoint } from "./continuity.ts";
import type { Identity } from "./identity.ts";
import type { Lifecycles } from "./lifecycles.ts";
import { momentOf } from "./moment.ts";
import { createOddities } from "./oddities.ts";
import { createOutage } from "./outage.ts";
import { pollDelay } from "./poll-delay.ts";
import type { Recorder } from "./recorder.ts";

/** Asks IMDS for scheduled events and records what happened. */
export interface Source {
  /** One poll; true where the answer was good and all that it meant is on disk. */
  poll(signal: AbortSignal): Promise<boolean>;
  /** Polls at every interval until the signal aborts. */
  run(signal: AbortSignal): Promise<void>;
  /** The last good answer of the run before, epoch milliseconds; null where there was none. */
  readonly lastGoodBefore: number | null;
  /** Stores what could not be stored before, and when the last good answer came, for the gap that begins now. */
  close(): void;
}

/** What a source works with. */
export interface SourceContext {
  readonly imds: Pick<ImdsClient, "scheduledEvents">;
  readonly identity: Identity;
  readonly outbox: Pick<Outbox, "checkpoint">;
  readonly lifecycles: Lifecycles;
  readonly record: Recorder;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  readonly settings: ImdsSettings;
  /** Called after each good answer whose meaning is on disk, or as safe as it can be. */
  readonly understood?: () => void;
  /** At least 0, below 1. */
  readonly random: () => number;
}

/** A good answer, how it follows the one before, and what it means. */
type Answer = Normalized & { readonly observed: Observed };

const checkpointEveryMs = 30_000;
const correctionMs = 10_000;

/** The source goes on from what the state directory remembers. */
export function createSource(context: SourceContext): Source {
  const { imds, identity, outbox, record, clock, telemetry, settings } = context;
  const stored = outbox.checkpoint<PollCheckpoint>("poll");
  const continuity = createContinuity({
    clock,
    stored,
    bootId: readBootId(),
    pollIntervalMs: settings.pollIntervalMs,
  });
  const lastGoodBefore = stored?.lastGood ?? null;
  const { unreachableAfterMs } = settings;
  const outage = createOutage({ clock, record, telemetry, unreachableAfterMs, lastGoodBefore, outbox });
  const { known, learn, upToDate } = context.lifecycles;
  const oddities = createOddities(telemetry);
  let checkpointed = Number.NEGATIVE_INFINITY;
  /** Until when absence is not believed, as it was told; 0 where it is believed. */
  let doubtedUntil = 0;
  /** Set while the disk fails: what it means stays as it was seen, and comes before any other answer. */
  let unstored: Answer | null = null;

  /** Tells it once for each silence, although corrections of the clock move the moment a little. */
  function tellDoubt({ distrustUntil }: PollCheckpoint): void {
    const isNews = distrustUntil > doubtedUntil + correctionMs;
    if (isNews) telemetry.emit("absenceDoubted", { until: distrustUntil });
    if (isNews || distrustUntil === 0) doubtedUntil = distrustUntil;
  }

  function understand(observed: Observed): Answer {
    tellDoubt(observed.checkpoint);
    const normalized = normalize(known, observed.observation, {
      selfName: identity.observer().vm.name,
      notBeforeToleranceMs: settings.notBeforeToleranceMs,
    });
    oddities.saw(normalized.warnings);
    return { ...normalized, observed };
  }

  /** False where the disk failed; then nothing that the answer means is known yet. */
  function store(answer: Answer): boolean {
    const { drafts, observed } = answer;
    const lifecycles = answer.lifecycles.map(upToDate);
    const now = clock.monotonic();
    const news = drafts.length > 0 || lifecycles.length > 0;
    const due = news || now - checkpointed >= checkpointEveryMs;
    const stored = !due || record(drafts, { lifecycles, checkpoints: { poll: observed.checkpoint } });
    if (due && stored) checkpointed = now;
    unstored = news && !stored ? answer : null;
    if (unstored === null) {
      learn(lifecycles);
      observed.accept();
    }
    return stored;
  }

  async function poll(signal: AbortSignal): Promise<boolean> {
    const upToDate = unstored === null || store(unstored);
    const asked = momentOf(clock);
    const document = await imds.scheduledEvents({ signal });
    const ms = clock.monotonic() - asked.monotonic;
    // Before anything else is waited for, since the time of the answer decides.
    const observed = upToDate ? continuity.observe(document, asked, outage.unreachable()) : null;
    await identity.known();
    const stored = observed !== null && store(understand(observed));
    const { incarnation, partial } = document;
    telemetry.emit("polled", { incarnation, events: document.events.length, ms, partial });
    outage.over();
    if (stored) context.understood?.();
    return stored;
  }

  /** One poll, good or not, and when to begin the next, counted from the beginning of this one. */
  async function attempt(signal: AbortSignal): Promise<{ readonly good: boolean; readonly delayMs: number }> {
    const began = momentOf(clock);
    try {
      return { good: await poll(signal), delayMs: settings.pollIntervalMs };
    } catch (error) {
      if (signal.aborted) return { good: false, delayMs: 0 };
      if (!isImdsError(error)) throw error;
      const failures = outage.failed(error, began);
      return { good: false, delayMs: pollDelay(error, failures, settings.pollIntervalMs, context.random) };
    }
  }

  return {
    lastGoodBefore,
    poll: async (signal) => (await attempt(signal)).good,
    async run(signal) {
      while (!signal.aborted) {
        const began = clock.monotonic();
        const { delayMs } = await attempt(signal);
        await clock.sleep(Math.max(0, delayMs - (clock.monotonic() - began)), signal);
      }
    },
    close() {
      if (unstored !== null) store(unstored);
      const checkpoint = continuity.checkpoint();
      if (checkpoint !== null) record([], { checkpoints: { poll: checkpoint } });
    },
  };
}
