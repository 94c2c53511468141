import { randomUUID } from "node:crypto";
import { createSinkHttp } from "@forewarn/agent/http";
import type { Batch, Clock, ForewarnEvent, Sink, SinkContext } from "@forewarn/sdk";
import { type DeliverySettings, batchOf, cut, deliverySettings } from "./batch.ts";
import { type ClockSettings, createKitClock } from "./clock.ts";
import type { Harness, OtherEnd } from "./harness.ts";
import { type Outcome, outcomeOf } from "./outcome.ts";
import { withDefaults } from "./options.ts";
import { type KnownSecrets, secretsIn } from "./secrets.ts";
import { type Witness, createWitness } from "./witness.ts";

/** A sink that is ready to be opened, with its other end and all that the agent lends it. */
export interface Rig {
  readonly end: OtherEnd;
  /** The options of the harness, with defaults. */
  readonly options: unknown;
  readonly settings: DeliverySettings;
  readonly clock: Clock;
  readonly witness: Witness;
  readonly secrets: KnownSecrets;
  /** How long a call may take. */
  readonly patienceMs: number;
  /** The open sink; opens it when first called. */
  sink(): Promise<Sink>;
  /** Batches as the agent cuts them. */
  batches(events: readonly ForewarnEvent[]): readonly Batch[];
  /** One delivery; fails where it neither resolves nor rejects in time. */
  attempt(batch: Batch, signal?: AbortSignal): Promise<Outcome>;
  /** One probe, likewise; undefined where the sink has none. */
  probe(signal?: AbortSignal): Promise<Outcome | undefined>;
  /** Closes the sink, then what was lent to it, then the other end; once, however often it is called. */
  close(): Promise<void>;
}

/** Starts an other end and prepares the sink for it. */
export async function createRig(harness: Harness, time: ClockSettings): Promise<Rig> {
  const end = await harness.start();
  try {
    return prepare(harness, end, time);
  } catch (error) {
    await end.close();
    throw error;
  }
}

function prepare(harness: Harness, end: OtherEnd, time: ClockSettings): Rig {
  const { definition, timeScale = 1, patienceMs = 10_000 } = harness;
  const options = withDefaults(definition.options, end.options);
  definition.check?.(options as never);
  const settings = deliverySettings(definition, options);
  const clock = createKitClock({ scale: timeScale, ...time });
  const witness = createWitness();
  const http = createSinkHttp({ environment: {} });
  const token = `kit-token-${randomUUID()}`;
  const context: SinkContext = {
    name: "under-test",
    options,
    log: witness.log,
    clock,
    request: http.request,
    fetch: http.fetch,
    proxyFor: http.proxyFor,
    azureToken: end.azureToken ?? (() => Promise.resolve({ token, expiresOn: clock.now() + 3_600_000 })),
  };
  let opened: Promise<Sink> | undefined;
  let sink: Sink | undefined;
  let closed: Promise<void> | undefined;

  async function within<T>(name: string, promise: Promise<T> | T): Promise<T> {
    const { promise: late, reject } = Promise.withResolvers<never>();
    const complaint = `${name} has neither resolved nor rejected within ${patienceMs / 1000} s`;
    const timer = setTimeout(() => reject(new Overdue(complaint)), patienceMs);
    try {
      return await Promise.race([promise, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Opens again after an opening that failed, as the agent does. */
  async function open(): Promise<Sink> {
    const opening = (opened ??= begin());
    try {
      return await within("open", opening);
    } catch (error) {
      opened = undefined;
      throw error;
    }
  }

  async function begin(): Promise<Sink> {
    const fresh = await definition.open(options as never, context as never);
    // A late sink is nobody's.
    if (closed === undefined) sink = fresh;
    else await fresh.close?.();
    return fresh;
  }

  async function close(): Promise<void> {
    try {
      await within("close", sink?.close?.());
    } finally {
      await http.close();
      await end.close();
    }
  }

  async function call(name: string, run: (sink: Sink) => Promise<void> | void): Promise<Outcome> {
    try {
      await within(name, run(await open()));
      return { kind: "delivered" };
    } catch (error) {
      if (error instanceof Overdue) throw error;
      witness.threw(name, error);
      return outcomeOf(error);
    }
  }

  return {
    end,
    options,
    settings,
    clock,
    witness,
    patienceMs,
    secrets: { whole: [...secretsIn(definition.options, options), token], parts: end.secrets ?? [] },
    sink: open,
    batches: (events) => cut(events, settings).map((some) => batchOf(context.name, some)),
    attempt: (batch, signal = new AbortController().signal) =>
      call("deliver", (sink) => sink.deliver(batch, { signal })),
    async probe(signal = new AbortController().signal) {
      let isThere = true;
      const outcome = await call("probe", (sink) => {
        isThere = sink.probe !== undefined;
        return sink.probe?.(signal);
      });
      return isThere ? outcome : undefined;
    },
    close: () => (closed ??= close()),
  };
}

/** A promise that took too long; the sink's own errors are never of this class. */
class Overdue extends Error {}
