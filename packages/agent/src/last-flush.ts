import type { Clock } from "@forewarn/sdk";
import type { Fleet } from "./fleet.ts";
import { isStarted, type Lifecycle } from "./normalize/lifecycle.ts";
import type { Outbox } from "./outbox/outbox.ts";
import type { Lifecycles } from "./source/lifecycles.ts";
import type { Telemetry } from "./telemetry.ts";
import { within } from "./time/within.ts";

/** Events that end this machine, or this boot of it. */
const ends: ReadonlySet<string> = new Set(["preempt", "terminate", "reboot", "redeploy"]);
/** So long before NotBefore it begins: all the notice that a spot eviction has. */
const marginMs = 30_000;
/** So long before NotBefore it is over. */
const spareMs = 2000;
const leastMs = 5000;
/** Nobody knows how much is left of what has started. */
const startedMs = 10_000;

/** When a machine's last flush is due. */
interface Due {
  /** Epoch milliseconds; -Infinity: at once. */
  readonly at: number;
  readonly forMs: (now: number) => number;
}

/**
 * Sees to it that, before the machine is stopped, every sink has had all that is pending tried once more, whatever it
 * waits for, and that what is written is synced to disk. What is returned looks whether that is due, and is called at
 * least every second.
 */
export function createLastFlush(options: {
  readonly lifecycles: Pick<Lifecycles, "known">;
  readonly fleet: Pick<Fleet, "flush">;
  readonly outbox: Pick<Outbox, "sync">;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  /** Aborts when the agent stops, which tries everything once more by itself. */
  readonly signal: AbortSignal;
}): () => void {
  const { lifecycles, fleet, outbox, clock, telemetry, signal } = options;
  const done = new Set<string>();
  let looked = false;

  async function flush({ entry }: Lifecycle, ms: number): Promise<void> {
    const { eventId, eventType } = entry;
    const began = clock.monotonic();
    // Whatever a sink does meanwhile, what there is stands on disk.
    outbox.sync();
    const sinks = await within(clock, ms, (deadline) => fleet.flush(AbortSignal.any([deadline, signal])));
    const synced = outbox.sync();
    telemetry.emit("lastFlush", { eventId, eventType, synced, sinks, ms: clock.monotonic() - began });
  }

  return () => {
    const now = clock.now();
    const open = [...lifecycles.known.values()].filter(isEnd);
    // What had started before this process began has done its harm.
    if (!looked) for (const lifecycle of open) if (hasBegun(lifecycle)) done.add(nameOf(lifecycle));
    looked = true;
    for (const lifecycle of open) {
      const { at, forMs } = dueOf(lifecycle);
      if (now < at || done.has(nameOf(lifecycle))) continue;
      done.add(nameOf(lifecycle));
      void flush(lifecycle, forMs(now));
    }
    if (open.length === 0) done.clear();
  };
}

function isEnd({ goneAt, affectsSelf, entry }: Lifecycle): boolean {
  return goneAt === null && affectsSelf !== false && ends.has(entry.eventType.toLowerCase());
}

function hasBegun({ wasStarted, entry }: Lifecycle): boolean {
  return wasStarted || isStarted(entry.eventStatus);
}

/** Once for each time that it is due: where its NotBefore is moved, once more. */
function nameOf({ eventId, occurrence, notBefore }: Lifecycle): string {
  return `${eventId} ${occurrence} ${notBefore}`;
}

function dueOf(lifecycle: Lifecycle): Due {
  const { notBefore, approval } = lifecycle;
  const mayBeginNow = hasBegun(lifecycle) || approval !== "none" || notBefore === null;
  if (mayBeginNow) return { at: Number.NEGATIVE_INFINITY, forMs: () => startedMs };
  const forMs = (now: number) => Math.max(leastMs, notBefore - now - spareMs);
  return { at: notBefore - marginMs, forMs };
}
