import { setImmediate } from "node:timers/promises";
import type { Envelope } from "../outbox/envelope.ts";
import { createRoute } from "../router/router.ts";
import { createCourier } from "./courier.ts";
import { createFeed } from "./feed.ts";
import { createOpening } from "./opening.ts";
import type { SinkSettings, SubscriptionContext } from "./sink-settings.ts";

/** How a subscription ended. */
export interface StopReport {
  readonly sink: string;
  readonly delivered: number;
  /** Kept on disk for the next run. */
  readonly left: number;
  readonly dead: number;
}

/** One sink's route, cursor and loop at work. */
export interface Subscription {
  readonly name: string;
  start(): void;
  /** Something was appended. */
  wake(): void;
  /** Whether nothing is left to deliver. */
  idle(): boolean;
  /** Tries what is pending once, without waiting for a sink that fails, until it is done or `deadline` aborts. */
  stop(deadline: AbortSignal): Promise<StopReport>;
}

const readAgainMs = 5000;

/** Makes a sink's subscription; it has its position from now on and delivers from `start` on. */
export function createSubscription(settings: SinkSettings, context: SubscriptionContext): Subscription {
  const { name, batch, concurrency } = settings;
  const { clock, outbox, telemetry } = context;
  const feed = createFeed({
    sink: name,
    outbox,
    position: outbox.subscribe(name, settings.from),
    wants: createRoute(name, settings.when),
  });
  /** Aborts when nothing should wait any longer. */
  const draining = new AbortController();
  /** Aborts when time is up. */
  const ending = new AbortController();
  const courier = createCourier(settings, {
    ...context,
    feed,
    next: () => gather({ ...batch, maxEvents: 1, lingerMs: 0 }),
    sink: createOpening(() => settings.definition.open(settings.options as never, context.lend as never)),
    draining: draining.signal,
    ending: ending.signal,
  });

  let busy = 0;
  let rings = 0;
  const sleeping = new Set<() => void>();
  let lanes: Promise<unknown> = Promise.resolve();

  function ring(): void {
    rings++;
    for (const wake of sleeping) wake();
    sleeping.clear();
  }

  /** Reads until so many events can be taken or nothing is left, and lets others have their turn in between. */
  async function readOn(count: number): Promise<void> {
    while (feed.fill(count)) await setImmediate();
  }

  /** Waits until the batch that has begun is full or its time is over. */
  async function linger(limits: SinkSettings["batch"]): Promise<void> {
    const until = clock.monotonic() + limits.lingerMs;
    while (feed.ready(limits) === "some" && clock.monotonic() < until && !draining.signal.aborted) {
      const woken = new AbortController();
      const wake = () => woken.abort();
      sleeping.add(wake);
      await clock.sleep(until - clock.monotonic(), woken.signal);
      sleeping.delete(wake);
      await readOn(limits.maxEvents);
    }
  }

  /** The next batch, which may wait to fill; an empty list where nothing is there. */
  async function gather(limits: SinkSettings["batch"]): Promise<readonly Envelope[]> {
    try {
      await readOn(limits.maxEvents);
      if (limits.lingerMs > 0) await linger(limits);
      return feed.take(limits);
    } catch (error) {
      telemetry.emit("stateFailed", { doing: "reading events", message: (error as Error).message });
      await clock.sleep(readAgainMs, draining.signal);
      ring();
      return [];
    }
  }

  async function lane(): Promise<void> {
    while (!ending.signal.aborted) {
      const heard = rings;
      busy++;
      const envelopes = await gather(batch);
      const goOn = envelopes.length > 0 && (await courier.bring(envelopes));
      busy--;
      // The keys of this batch are free again, which other lanes may be waiting for.
      if (goOn && concurrency > 1) ring();
      if (goOn) continue;
      if (draining.signal.aborted) return;
      if (heard === rings) await new Promise<void>((resolve) => sleeping.add(resolve));
    }
  }

  async function run(): Promise<void> {
    await courier.open();
    await Promise.all(Array.from({ length: concurrency }, lane));
  }

  return {
    name,
    start() {
      lanes = run().catch((error: unknown) => void context.telemetry.emit("failed", { error }));
    },
    wake: ring,
    idle: () => busy === 0 && feed.left() === 0,
    async stop(deadline) {
      const end = () => ending.abort();
      deadline.addEventListener("abort", end, { once: true });
      if (deadline.aborted) end();
      draining.abort();
      ring();
      await lanes;
      await courier.close();
      return { sink: name, ...courier.counts(), left: feed.left() };
    },
  };
}
