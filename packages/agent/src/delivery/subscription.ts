import type { Envelope } from "../outbox/envelope.ts";
import { createRoute } from "../router/router.ts";
import { createCourier } from "./attempt/courier.ts";
import type { Illness } from "./attempt/illness.ts";
import { createOpening } from "./attempt/opening.ts";
import type { Backlog } from "./feed/backlog.ts";
import { createFeed } from "./feed/feed.ts";
import { createGather } from "./feed/gather.ts";
import { createPause } from "./pause/pause.ts";
import { createProber } from "./pause/prober.ts";
import { createParking } from "./retry/parking.ts";
import { createTries } from "./retry/tries.ts";
import { createHaste } from "./urgency/haste.ts";
import { createRush } from "./urgency/rush.ts";
import { createBell } from "./bell.ts";
import type { FlushReport } from "./flush-report.ts";
import { createLanes } from "./lanes.ts";
import type { SinkSettings, SubscriptionContext } from "./sink-settings.ts";

const flushLookMs = 20;

/** How a subscription ended. */
export interface StopReport {
  readonly sink: string;
  readonly delivered: number;
  /** Kept for the next run. */
  readonly left: number;
  readonly dead: number;
}

/** One sink's route, cursor and loop at work. */
export interface Subscription {
  readonly name: string;
  start(): void;
  /** Something was appended. */
  wake(): void;
  /** Reads again from the position that the outbox has: it holds what could not be read before. */
  reread(): void;
  /** Delivers again what a person has marked since. */
  replay(): void;
  /** The places of the events that are being sent at this moment. */
  underWay(): readonly number[];
  /** Whether the sink is to get an event, if it has not yet. */
  wants(envelope: Envelope): boolean;
  /** What is at these places is this sink's dead letter now, since the outbox was full; none of it may be under way. */
  evicted(places: readonly number[]): void;
  /** What is pending, and how many events are parked; reads nothing on. */
  look(): Backlog & { readonly parked: number };
  /** Whether nothing is left to deliver. */
  idle(): boolean;
  /** The places of what is left and stands only in memory, since the state directory cannot be written. */
  unsaved(): readonly number[];
  /**
   * Tries everything that is pending once, now: no batch waits for others, none for its next attempt, a paused sink is
   * probed. Resolves when nothing can be tried any more, or when `deadline` aborts; what it did goes on.
   */
  flush(deadline: AbortSignal): Promise<FlushReport>;
  /** Tries what is pending once, without waiting for a sink that fails, until it is done or `deadline` aborts. */
  stop(deadline: AbortSignal): Promise<StopReport>;
}

/** Makes a sink's subscription; it has its position from now on and delivers from `start` on. */
export function createSubscription(settings: SinkSettings, context: SubscriptionContext): Subscription {
  const { name, batch, concurrency, timeoutMs, definition } = settings;
  const { clock, outbox, telemetry, random } = context;
  const wants = createRoute(name, settings.when);
  const bell = createBell(clock);
  const tries = createTries(clock);
  const feed = createFeed({ sink: name, outbox, position: outbox.subscribe(name, settings.from), wants });
  feed.replay(outbox.replays(name));
  const shortens = definition.urgency !== "order";
  const rush = createRush({ sink: name, clock, outbox, feed, wants, telemetry, timeoutMs, shortens });
  /** Aborts when nothing should wait any longer. */
  const draining = new AbortController();
  /** Aborts when time is up. */
  const ending = new AbortController();
  const signals = { draining: draining.signal, ending: ending.signal };
  const courier = createCourier(settings, {
    ...context,
    ...signals,
    feed,
    sink: createOpening(() => definition.open(settings.options as never, context.lend as never)),
  });
  const haste = createHaste(clock);
  const parking = createParking({ clock, random, feed, haste });
  const isUrgent = () => haste.active() || (outbox.urgency(clock.now()).open && rush.look().free.length > 0);
  const gather = createGather({ clock, bell, feed, telemetry, draining: draining.signal, isUrgent });
  let cause: Illness["cause"] = "request";
  const prober = createProber({
    courier,
    gather,
    rush,
    tries,
    batch,
    takeUrgent: () => lanes.takeUrgent(),
    giveBack: (load) => lanes.giveBack(load),
    cause: () => cause,
  });
  const pausing = createPause({ sink: name, clock, bell, telemetry, draining: draining.signal, prober });
  const pause = {
    ...pausing,
    begin(illness: Illness & { readonly rushed: boolean }) {
      if (!pausing.active()) ({ cause } = illness);
      pausing.begin(illness);
    },
  };
  const lanes = createLanes({
    clock,
    bell,
    feed,
    gather,
    courier,
    pause,
    parking,
    rush,
    haste,
    tries,
    batch,
    concurrency,
    ...signals,
  });
  let running: Promise<unknown> = Promise.resolve();
  let isOpening = false;
  let evicted = 0;

  function wake(): void {
    if (draining.signal.aborted) return;
    rush.stir();
    rush.watch(wake, draining.signal);
    if (shortens) hurry();
    bell.ring();
  }

  /** Cuts short what is in an urgent event's way: the beginning of its own story, or, where no lane is free, all else. */
  function hurry(): void {
    const { free, held } = rush.look();
    const keys = new Set(held.map(({ key }) => key));
    const isCrowded = free.length > 0 && courier.underWay() === concurrency;
    if (!isCrowded && keys.size === 0) return;
    courier.hurry(
      ({ rushed, envelopes }) => !rushed && (isCrowded || envelopes.some(({ key }) => keys.has(key))),
    );
  }

  const isTrying = () => isOpening || lanes.busy() > 0 || pause.hurried();

  async function run(): Promise<void> {
    wake();
    isOpening = true;
    const ill = await courier.open();
    isOpening = false;
    if (ill !== null) pause.begin({ ...ill, rushed: false });
    await lanes.run();
  }

  return {
    name,
    start() {
      telemetry.emit("sinkStarted", { sink: name });
      running = run().catch((error: unknown) => void telemetry.emit("failed", { error }));
    },
    wake,
    reread() {
      feed.rewind(outbox.positionOf(name));
      wake();
    },
    replay() {
      feed.replay(outbox.replays(name));
      wake();
    },
    underWay: courier.carries,
    wants: feed.wants,
    evicted(places) {
      if (places.length === 0) return;
      const gone = new Set(places);
      evicted += gone.size;
      lanes.letGo(({ seq }) => gone.has(seq));
      feed.evicted(gone);
      telemetry.emit("evicted", { sink: name, events: gone.size });
      // What waited behind them in their stories can be taken.
      wake();
    },
    look: () => ({ ...feed.backlog(), parked: parking.count() }),
    idle: () => lanes.busy() === 0 && feed.left() === 0,
    unsaved: feed.unsaved,
    async flush(deadline) {
      const { delivered } = courier.counts();
      haste.begin();
      pause.hurry();
      bell.ring();
      // A lane that goes to sleep tells nobody.
      do await clock.sleep(flushLookMs, deadline);
      while (!deadline.aborted && isTrying());
      haste.end();
      return { sink: name, delivered: courier.counts().delivered - delivered, left: feed.left() };
    },
    async stop(deadline) {
      const end = () => ending.abort();
      deadline.addEventListener("abort", end, { once: true });
      if (deadline.aborted) end();
      draining.abort();
      bell.ring();
      await running;
      await courier.close();
      const { delivered, dead } = courier.counts();
      return { sink: name, delivered, dead: dead + evicted, left: feed.left() };
    },
  };
}
