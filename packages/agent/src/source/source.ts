import { type ImdsClient, isImdsError } from "@forewarn/imds";
import type { Clock } from "@forewarn/sdk";
import type { Lifecycle } from "../normalize/lifecycle.ts";
import { normalize } from "../normalize/normalize.ts";
import type { Outbox } from "../outbox/outbox.ts";
import type { ImdsSettings } from "../settings.ts";
import type { Telemetry } from "../telemetry.ts";
import { readBootId } from "./boot.ts";
import { createContinuity, type PollCheckpoint } from "./continuity.ts";
import type { Identity } from "./identity.ts";
import { createOutage } from "./outage.ts";
import { pollDelay } from "./poll-delay.ts";
import type { Recorder } from "./recorder.ts";

/** Asks IMDS for scheduled events and records what happened. */
export interface Source {
  /** One poll; true where the answer was good and is on disk. */
  poll(signal: AbortSignal): Promise<boolean>;
  /** Polls at every interval until the signal aborts. */
  run(signal: AbortSignal): Promise<void>;
  /** The last good answer of the run before, epoch milliseconds; null where there was none. */
  readonly lastGoodBefore: number | null;
  /** Stores when the last good answer came, for the gap that begins now. */
  close(): void;
}

/** What a source works with. */
export interface SourceContext {
  readonly imds: Pick<ImdsClient, "scheduledEvents">;
  readonly identity: Identity;
  readonly outbox: Pick<Outbox, "lifecycles" | "checkpoint">;
  readonly record: Recorder;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  readonly settings: ImdsSettings;
  readonly retentionMs: number;
  /** At least 0, below 1. */
  readonly random: () => number;
}

const checkpointEveryMs = 30_000;

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
  const outage = createOutage({ clock, record, telemetry, unreachableAfterMs: settings.unreachableAfterMs });
  const known = outbox.lifecycles();
  let checkpointed = Number.NEGATIVE_INFINITY;
  let warned = "";

  function learn(lifecycles: readonly Lifecycle[]): void {
    for (const lifecycle of lifecycles) known.set(lifecycle.eventId, lifecycle);
    const oldest = clock.now() - context.retentionMs;
    for (const { eventId, goneAt } of known.values())
      if (goneAt !== null && goneAt < oldest) known.delete(eventId);
  }

  /** An odd document is asked for again every second: each oddity is told once, until it changes. */
  function warn(warnings: readonly string[]): void {
    const text = warnings.join("\n");
    if (text !== warned) for (const warning of warnings) telemetry.emit("documentWarning", warning);
    warned = text;
  }

  async function poll(signal: AbortSignal): Promise<boolean> {
    const document = await imds.scheduledEvents({ signal });
    await identity.known();
    const { observation, checkpoint, accept } = continuity.observe(document);
    const { drafts, lifecycles, warnings } = normalize(known, observation, {
      selfName: identity.observer().vm.name,
      notBeforeToleranceMs: settings.notBeforeToleranceMs,
    });
    warn(warnings);
    const now = clock.monotonic();
    const due = now - checkpointed >= checkpointEveryMs;
    if (due || drafts.length > 0 || lifecycles.length > 0) {
      if (!record(drafts, { lifecycles, checkpoints: { poll: checkpoint } })) return false;
      checkpointed = now;
      learn(lifecycles);
    }
    accept();
    telemetry.emit("polled", { incarnation: document.incarnation, events: document.events.length });
    outage.over();
    return true;
  }

  return {
    lastGoodBefore: stored?.lastGood ?? null,
    async poll(signal) {
      try {
        return await poll(signal);
      } catch (error) {
        if (!signal.aborted) outage.failed(error);
        return false;
      }
    },
    async run(signal) {
      while (!signal.aborted) {
        const began = clock.monotonic();
        let delay = settings.pollIntervalMs;
        try {
          await poll(signal);
        } catch (error) {
          if (signal.aborted) return;
          if (!isImdsError(error)) throw error;
          delay = pollDelay(error, outage.failed(error), settings.pollIntervalMs, context.random);
        }
        await clock.sleep(Math.max(0, delay - (clock.monotonic() - began)), signal);
      }
    },
    close() {
      const checkpoint = continuity.checkpoint();
      if (checkpoint !== null) record([], { checkpoints: { poll: checkpoint } });
    },
  };
}
