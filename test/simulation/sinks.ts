import type { SinkOptions } from "@forewarn/agent";
import {
  type Batch,
  defineSink,
  MisconfiguredError,
  PartialDeliveryError,
  RejectError,
  RetryError,
  Type,
  type When,
} from "@forewarn/sdk";
import type { VirtualClock } from "../../packages/agent/src/time/virtual-clock.ts";
import type { Entry, Ledger } from "./ledger.ts";
import { createRandom, type Random } from "./random.ts";
import { at, faultSpans, type Span } from "./span.ts";

/** How a sink behaves for a while. */
export type Trouble =
  | "outage"
  | "answer lost"
  | "hang"
  | "deaf"
  | "retry after"
  | "misconfigured"
  | "partial"
  | "fails some"
  | "rejects all"
  | "throws odd"
  | "slow"
  | "blocks";

/** A simulated destination of one run: it outlives the agent's processes. */
export interface SimulatedSink {
  readonly name: string;
  readonly when: When;
  readonly timeoutMs: number;
  readonly troubles: readonly Span<Trouble>[];
  /** Times in which it forbade every call. */
  readonly forbidden: Span<"retry after">[];
  /** Times in which it stopped the whole process. */
  readonly blocked: Span<"blocks">[];
  /** As an agent's process is told of it. */
  options(alive: () => boolean): SinkOptions;
  /** From now on it takes everything that is not poison. */
  heal(): void;
}

const wishes: readonly When[] = [
  {},
  {},
  { types: ["io.forewarn.scheduledevent.*"] },
  { scope: "self", types: ["io.forewarn.scheduledevent.*"] },
  { minSeverity: "warn" },
  { eventTypes: ["Reboot", "freeze"] },
];

const kinds: readonly Trouble[] = [
  "outage",
  "outage",
  "answer lost",
  "hang",
  "deaf",
  "retry after",
  "misconfigured",
  "partial",
  "fails some",
  "rejects all",
  "throws odd",
  "slow",
  "blocks",
];

interface Flight {
  readonly keys: ReadonlySet<string>;
  /** When it had to end, by its signal; null while it may go on. */
  aborted: number | null;
}

/** A sink, by a seed. */
function createSimulatedSink(options: {
  readonly name: string;
  readonly seed: number;
  readonly clock: VirtualClock;
  readonly ledger: Ledger;
  readonly until: number;
}): SimulatedSink {
  const { name, clock, ledger, until } = options;
  const random = createRandom(options.seed);
  const chance = random.fork();
  const favourites = [random.pick(kinds), random.pick(kinds)];
  const troubles = faultSpans(random, {
    until,
    goodMs: random.pick([10_000, 60_000, 300_000]),
    faultMs: random.pick([3000, 20_000, 90_000, until]),
    choose: () => random.pick(favourites),
  });
  const when = random.pick(wishes);
  const poison = random.pick([0, 0, 0.1]);
  const settings = {
    timeoutMs: random.pick([2000, 5000]),
    concurrency: random.pick([1, 1, 1, 3]),
    batch: { maxEvents: random.pick([1, 3, 100]), lingerMs: random.pick([0, 0, 200]) },
    from: random.pick(["start", "now"] as const),
  };
  const probes = random.chance(0.3);
  const badOpening = random.chance(0.3);
  const order = random.chance(0.1);
  const retryAfterMs = random.pick([300, 5000, 40_000]);
  const blockMs = random.pick([150, 800, 2500]);
  const forbidden: Span<"retry after">[] = [];
  const blocked: Span<"blocks">[] = [];
  let healed = false;

  const trouble = () => (healed ? undefined : at(troubles, clock.monotonic()));
  const isPoison = ({ event }: Entry) => poison > 0 && createRandom(hashOf(name + event.id)).chance(poison);

  function take(entries: readonly Entry[], confirmed: boolean): void {
    for (const entry of entries) {
      ledger.take(sink, entry, clock.monotonic());
      if (confirmed) entry.confirmed.add(name);
    }
  }

  /** Takes what is good of a batch, or says what is not. */
  function judge(entries: readonly Entry[]): void {
    if (!entries.some(isPoison)) return take(entries, true);
    if (entries.length === 1) entries[0]?.rejected.add(name);
    throw new RejectError("simulated: 400", { status: 400 });
  }

  /** Takes the beginning of a batch, refuses poison in it, and leaves the rest. */
  function part(entries: readonly Entry[]): never {
    const cut = chance.int(0, entries.length);
    const delivered: number[] = [];
    const rejected: { index: number; reason: string }[] = [];
    for (const [index, entry] of entries.slice(0, cut).entries()) {
      if (isPoison(entry)) {
        entry.rejected.add(name);
        rejected.push({ index, reason: "simulated: poison" });
      } else {
        take([entry], true);
        delivered.push(index);
      }
    }
    throw new PartialDeliveryError("simulated: partly", { delivered, rejected });
  }

  const aborted = (signal: AbortSignal) =>
    new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));

  async function suffer(kind: Trouble, entries: readonly Entry[], signal: AbortSignal): Promise<void> {
    switch (kind) {
      case "outage":
        throw new Error("simulated: connection refused");
      case "answer lost":
        if (!entries.some(isPoison)) take(entries, false);
        throw new RetryError("simulated: the answer was lost");
      case "hang":
        await aborted(signal);
        throw new Error("simulated: aborted");
      case "deaf":
        await clock.sleep(chance.int(3000, 40_000));
        if (entries.some(isPoison) || chance.chance(0.5)) throw new Error("simulated: at last");
        return take(entries, true);
      case "retry after":
        forbidden.push({
          from: clock.monotonic(),
          to: clock.monotonic() + retryAfterMs,
          what: "retry after",
        });
        throw new RetryError("simulated: 429", { retryAfterMs });
      case "misconfigured":
        throw new MisconfiguredError("simulated: 401");
      case "partial":
        return part(entries);
      case "fails some":
        // Always the same ones, while others get through: such an event is parked.
        if (entries.some(({ key }) => hashOf(name + key) % 3 === 0)) throw new Error("simulated: 500");
        return judge(entries);
      case "rejects all":
        if (entries.length === 1) entries[0]?.rejected.add(name);
        throw new RejectError("simulated: 422");
      case "throws odd":
        throw chance.pick<unknown>([undefined, null, "odd", 7, { code: 1 }]);
      case "slow":
        await clock.sleep(chance.int(300, 2500));
        return judge(entries);
      case "blocks":
        return judge(entries);
    }
  }

  /** Holds up the whole process, as work without an await does. */
  function block(): void {
    const from = clock.monotonic();
    clock.stall(blockMs);
    blocked.push({ from, to: clock.monotonic(), what: "blocks" });
  }

  function entriesOf(batch: Batch): readonly Entry[] {
    return batch.encoded.map((json, index) => {
      const entry = ledger.byJson(json);
      if (entry === undefined) throw new Error(`unknown: ${json}`);
      if (batch.events[index]?.id !== entry.event.id || JSON.stringify(batch.events[index]) !== json)
        ledger.complain(`${name} got ${entry.event.id} with another content than its text`);
      return entry;
    });
  }

  /** Notes a call, and complains where the agent should not have made it. */
  function begin(flights: Set<Flight>, entries: readonly Entry[], signal: AbortSignal): Flight {
    const now = clock.monotonic();
    const flight: Flight = { keys: new Set(entries.map(({ key }) => key)), aborted: null };
    signal.addEventListener("abort", () => (flight.aborted = clock.monotonic()), { once: true });
    const others = [...flights].filter((other) => other.aborted === null || now < other.aborted + 1000);
    if (others.length >= settings.concurrency)
      ledger.complain(`${name} was called ${others.length + 1} times at once`);
    if (others.some(({ keys }) => [...keys].some((key) => flight.keys.has(key))))
      ledger.complain(`${name} was called twice at once with one key`);
    if (forbidden.some(({ from, to }) => from < now && now < to && from >= started))
      ledger.complain(`${name} was called although its Retry-After forbade it`);
    flights.add(flight);
    return flight;
  }

  /** When the process began that delivers now: only it knows what the sink asked for. */
  let started = 0;

  const sink: SimulatedSink = {
    name,
    when,
    timeoutMs: settings.timeoutMs,
    troubles,
    forbidden,
    blocked,
    heal() {
      healed = true;
    },
    options(alive) {
      const flights = new Set<Flight>();
      started = clock.monotonic();
      const definition = defineSink({
        type: "simulated",
        summary: "Takes what it gets, mostly.",
        options: Type.Object({}),
        ...(order ? { urgency: "order" as const } : {}),
        open() {
          const kind = badOpening ? trouble() : undefined;
          if (kind === "misconfigured") throw new MisconfiguredError("simulated: a wrong option");
          if (kind === "outage") throw new Error("simulated: cannot open");
          return {
            async deliver(batch, { signal }) {
              if (!alive()) throw new Error("simulated: the process is dead");
              const entries = entriesOf(batch);
              const flight = begin(flights, entries, signal);
              if (trouble() === "blocks") block();
              try {
                await clock.sleep(chance.int(1, 40));
                if (!alive()) return;
                const kind = trouble();
                if (kind === undefined) judge(entries);
                else await suffer(kind, entries, signal);
              } finally {
                flights.delete(flight);
              }
            },
            ...(probes && {
              async probe() {
                await clock.sleep(5);
                if (trouble() !== undefined) throw new MisconfiguredError("simulated: not yet");
              },
            }),
          };
        },
      });
      return { ...settings, name, definition, when };
    },
  };
  return sink;
}

function hashOf(text: string): number {
  let hash = 0;
  for (let index = 0; index < text.length; index++) hash = (Math.imul(hash, 31) + text.charCodeAt(index)) | 0;
  return hash;
}

/** The sinks of a run: one to four. */
export function createSimulatedSinks(
  random: Random,
  context: { readonly clock: VirtualClock; readonly ledger: Ledger; readonly until: number },
): readonly SimulatedSink[] {
  return Array.from({ length: random.int(1, 4) }, (_, index) =>
    createSimulatedSink({ ...context, name: `sink-${index}`, seed: random.int(0, 2 ** 31) }),
  );
}
