import { randomUUID } from "node:crypto";
import { createSinkHttp } from "@forewarn/agent/http";
import type { Batch, Clock, ForewarnEvent, Sink, SinkContext } from "@forewarn/sdk";
import { createAjv } from "@forewarn/sdk/ajv";
import { type DeliverySettings, batchOf, cut, deliverySettings } from "./batch.ts";
import { type ClockSettings, createKitClock } from "./clock.ts";
import type { Harness, OtherEnd } from "./harness.ts";
import { type Outcome, outcomeOf } from "./outcome.ts";
import { type KnownSecrets, secretsIn } from "./secrets.ts";
import { type Witness, createWitness } from "./witness.ts";

/** How long a call may take where the other end answers at once. */
const patienceMs = 10_000;

/** A sink that is ready to be opened, with its other end and all that the agent lends it. */
export interface Rig {
  readonly end: OtherEnd;
  /** The options of the harness, with defaults. */
  readonly options: unknown;
  readonly settings: DeliverySettings;
  readonly clock: Clock;
  readonly witness: Witness;
  readonly secrets: KnownSecrets;
  /** The open sink; opens it when first called. */
  sink(): Promise<Sink>;
  /** Batches as the agent cuts them. */
  batches(events: readonly ForewarnEvent[]): readonly Batch[];
  /** One delivery; fails where it neither resolves nor rejects within 10 s. */
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

function prepare({ definition, timeScale }: Harness, end: OtherEnd, time: ClockSettings): Rig {
  const options = validated(definition.options, end.options);
  const settings = deliverySettings(definition, options);
  const clock = createKitClock({ ...(timeScale === undefined ? {} : { scale: timeScale }), ...time });
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
  let closed: Promise<void> | undefined;

  /** Opens again after an opening that failed, as the agent does. */
  async function open(): Promise<Sink> {
    opened ??= Promise.resolve().then(() => definition.open(options as never, context as never));
    try {
      return await within("open", opened);
    } catch (error) {
      opened = undefined;
      throw error;
    }
  }

  async function close(): Promise<void> {
    const closing = opened?.then(
      (sink) => sink.close?.(),
      () => undefined,
    );
    try {
      await within("close", closing);
    } finally {
      await http.close();
      await end.close();
    }
  }

  async function call(name: string, run: (sink: Sink) => Promise<void> | void): Promise<Outcome> {
    try {
      const sink = await open();
      await within(name, run(sink));
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
    secrets: { whole: [...secretsIn(definition.options, options), token], parts: end.secrets ?? [] },
    sink: open,
    batches: (events) => cut(events, settings).map((some) => batchOf(context.name, some)),
    attempt: (batch, signal = new AbortController().signal) =>
      call("deliver", (sink) => sink.deliver(batch, { signal })),
    async probe(signal = new AbortController().signal) {
      const { probe } = await open();
      return probe === undefined ? undefined : call("probe", (sink) => sink.probe?.(signal));
    },
    close: () => (closed ??= close()),
  };
}

/** A promise that took too long; the sink's own errors are never of this class. */
class Overdue extends Error {}

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

/** The options with defaults filled in, as the agent hands them over. */
function validated(schema: object, given: Readonly<Record<string, unknown>>): unknown {
  const options = structuredClone(given);
  const validate = createAjv().compile(schema);
  if (validate(options)) return options;
  const problems = (validate.errors ?? []).map(
    ({ instancePath, message }) => `${instancePath || "/"} ${message ?? ""}`,
  );
  throw new Error(`the options that the harness gives are not valid: ${problems.join("; ")}`);
}
