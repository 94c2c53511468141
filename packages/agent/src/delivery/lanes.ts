import type { Clock } from "@forewarn/sdk";
import type { Envelope } from "../outbox/envelope.ts";
import type { Courier } from "./attempt/courier.ts";
import type { Feed } from "./feed/feed.ts";
import type { Gather } from "./feed/gather.ts";
import type { Pause } from "./pause/pause.ts";
import type { Parking } from "./retry/parking.ts";
import { afterFailure, isSuspect } from "./retry/retry.ts";
import type { Tries } from "./retry/tries.ts";
import { createUrgentPace } from "./retry/urgent-pace.ts";
import type { Haste } from "./urgency/haste.ts";
import type { Rush } from "./urgency/rush.ts";
import type { Bell } from "./bell.ts";
import type { Load } from "./load.ts";
import type { BatchLimits } from "./sink-settings.ts";
import { createTrip, type Trip } from "./trip.ts";

/** What the lanes of one sink share. */
export interface LaneContext {
  readonly clock: Clock;
  readonly bell: Bell;
  readonly feed: Feed;
  readonly gather: Gather;
  readonly courier: Courier;
  readonly pause: Pause;
  readonly parking: Parking;
  readonly rush: Rush;
  readonly haste: Haste;
  readonly tries: Tries;
  readonly batch: BatchLimits;
  readonly concurrency: number;
  /** Aborts when nothing should wait any longer. */
  readonly draining: AbortSignal;
  /** Aborts when attempts must end. */
  readonly ending: AbortSignal;
}

/** The workers of one sink, each with one call under way at most. */
export interface Lanes {
  /** Runs them until they have drained. */
  run(): Promise<unknown>;
  /** Takes what is urgent out of every wait: what stands in its way is given back. */
  takeUrgent(): readonly Load[];
  giveBack(load: Load): void;
  /** Lets go of events that are gone, whatever they wait for; none of them may be under way. */
  letGo(isGone: (envelope: Envelope) => boolean): void;
  /** How many are at work. */
  busy(): number;
}

/** Makes the lanes of one sink. */
export function createLanes(context: LaneContext): Lanes {
  const { clock, bell, feed, gather, courier, pause, parking, rush, haste, tries, batch } = context;
  const { concurrency, draining, ending } = context;
  const pace = createUrgentPace();
  const trips = Array.from({ length: concurrency }, createTrip);
  let busy = 0;

  function giveBack(load: Load): void {
    if (load.parked) return parking.putBack(load);
    parking.leave(load);
    tries.remember(load);
    feed.release(load.envelopes);
  }

  /**
   * Takes what is urgent and makes one batch, if there is any: a trip's loads that hold the beginning of an urgent story
   * are given back for it, and so is a parked event; the rest of the trip makes room.
   */
  function claimUrgent(trip: Trip | null): readonly Load[] {
    const seen = rush.look();
    if (seen.free.length + seen.held.length === 0) return [];
    const keys = new Set(seen.held.map(({ key }) => key));
    const isHolding = ({ rushed, envelopes }: Load) => !rushed && envelopes.some(({ key }) => keys.has(key));
    for (const load of [...dropped(trip, isHolding), ...parking.free(keys)]) giveBack(load);
    const { free } = rush.look();
    if (free.length === 0) return [];
    for (const load of dropped(trip, ({ rushed }) => !rushed)) giveBack(load);
    const claimed = feed.claim(free, batch);
    return claimed.length === 0 ? [] : [tries.load(claimed, true)];
  }

  function takeUrgent(trip: Trip): void {
    for (const load of claimUrgent(trip)) trip.add(load);
  }

  /** Where one event fails again and again, another one tells whether it is the sink's fault. */
  async function sendScout(trip: Trip): Promise<void> {
    const [suspect, ...others] = trip.loads() as readonly [Load, ...Load[]];
    for (const load of trip.drop((each) => others.includes(each))) giveBack(load);
    parking.putBehind(suspect);
    await take(trip, { ...batch, maxEvents: 1, lingerMs: 0 });
  }

  async function take(trip: Trip, limits: BatchLimits): Promise<void> {
    const envelopes = await gather.next(limits);
    if (envelopes.length > 0) trip.add(tries.load(envelopes));
  }

  /** When a load may be tried: what is not urgent rests longer, and holds up nothing that is. */
  function readyAt(load: Load): number {
    const urgent = rush.concerns(load);
    const own = Math.max(haste.dueAt(load), courier.restsUntil(urgent));
    return urgent && load.due > 0 && !haste.active() ? Math.max(own, pace.readyAt()) : own;
  }

  /** The load to try now, or null where nothing can be done yet. */
  async function choose(trip: Trip): Promise<Load | null> {
    takeUrgent(trip);
    if (trip.isEmpty()) {
      const due = parking.due(clock.monotonic());
      if (due === null) await take(trip, batch);
      else trip.add(due);
    } else if (isSuspect(trip.loads()[0] as Load) && trip.isAlone()) {
      await sendScout(trip);
    }
    takeUrgent(trip);
    const load = trip.next(clock.monotonic(), readyAt);
    return load === null || ending.aborted || (draining.aborted && load.failures > 0) ? null : load;
  }

  /** Makes room for what a failed load has become. */
  function putAside(trip: Trip, load: Load, left: readonly Load[], singled: boolean): void {
    const [failed] = left;
    if (failed === undefined || failed.failures === load.failures) return trip.replace(load, left);
    if (load.parked || (singled && isSuspect(failed) && parking.hasRoom())) {
      trip.replace(load, []);
      const [{ key }] = failed.envelopes as [(typeof failed.envelopes)[0]];
      for (const later of trip.drop(({ envelopes }) => envelopes.some((each) => each.key === key)))
        giveBack(later);
      return parking.park(failed);
    }
    trip.replace(load, afterFailure(failed, singled));
  }

  function note(load: Load, left: readonly Load[], urgent: boolean): void {
    const [failed] = left;
    const remaining = left.reduce((sum, { envelopes }) => sum + envelopes.length, 0);
    if (failed === undefined || remaining < load.envelopes.length) pace.through();
    else if (urgent && failed.failures > load.failures) pace.failed(clock.monotonic(), failed.due);
  }

  async function bring(trip: Trip, load: Load): Promise<void> {
    const manner = { urgent: rush.concerns(load), timeoutMs: rush.timeoutOf(load) };
    const trying = courier.tried(load, manner);
    gather.ahead(batch.maxEvents * concurrency);
    const { left, ill, singled = false } = await trying;
    if (left.length === 0) parking.leave(load);
    note(load, left, manner.urgent);
    putAside(trip, load, left, singled);
    rush.stir();
    if (ill !== undefined) pause.begin({ ...ill, rushed: manner.urgent });
    // The keys of this batch are free again, which other lanes may be waiting for.
    if (concurrency > 1 || ill !== undefined) bell.ring();
  }

  function napMs(trip: Trip): number | null {
    const now = clock.monotonic();
    if (!trip.isEmpty()) return (trip.dueAt(readyAt) ?? now) - now;
    const rests = courier.restsUntil(false);
    const dueAt = parking.dueAt();
    if (dueAt === null) return rests > now ? rests - now : null;
    return Math.max(dueAt, rests) - now;
  }

  function letGo(isGone: (envelope: Envelope) => boolean): void {
    const isLost = ({ envelopes }: Load) => envelopes.every(isGone);
    const lost = [...trips.flatMap((trip) => trip.drop(isLost)), ...parking.drop(isLost)];
    for (const load of lost) {
      parking.leave(load);
      feed.release(load.envelopes);
    }
    for (const trip of trips) {
      for (const load of trip.loads()) {
        const gone = load.envelopes.filter(isGone);
        if (gone.length === 0) continue;
        feed.release(gone);
        const envelopes = load.envelopes.filter((envelope) => !gone.includes(envelope));
        trip.replace(load, [{ ...load, envelopes }]);
      }
    }
  }

  async function lane(trip: Trip): Promise<void> {
    while (!ending.aborted) {
      const heard = bell.rings();
      if (pause.active()) {
        for (const load of trip.drop(() => true)) giveBack(load);
        if (draining.aborted) return;
        await pause.over();
        continue;
      }
      busy++;
      const load = await choose(trip);
      if (load !== null) await bring(trip, load);
      busy--;
      if (load !== null) continue;
      if (draining.aborted) return;
      await bell.nap(napMs(trip), heard, draining);
    }
  }

  return {
    run: () => Promise.all(trips.map(lane)),
    takeUrgent: () => claimUrgent(null),
    giveBack,
    letGo,
    busy: () => busy,
  };
}

/** Takes loads out of a trip, with all that comes after them in their keys: else that would pass them. */
function dropped(trip: Trip | null, isGone: (load: Load) => boolean): readonly Load[] {
  const keys = new Set<string>();
  const gone = new Set<Load>();
  for (const load of trip?.loads() ?? []) {
    if (!isGone(load) && !load.envelopes.some(({ key }) => keys.has(key))) continue;
    gone.add(load);
    for (const { key } of load.envelopes) keys.add(key);
  }
  return trip?.drop((load) => gone.has(load)) ?? [];
}
