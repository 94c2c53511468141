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
  /** Closes the sink, then what was lent to it, then the other end. */
  close(): Promise<void>;
}

/** Starts an other end and prepares the sink for it. */
export async function createRig(
  { definition, start, timeScale }: Harness,
  time: ClockSettings,
): Promise<Rig> {
  const end = await start();
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

  async function call(name: string, run: () => Promise<void> | void): Promise<Outcome> {
    try {
      await within(patienceMs, `${name} has neither resolved nor rejected`, run());
      return { kind: "delivered" };
    } catch (error) {
      if (error instanceof Overdue) throw error;
      witness.threw(name, error);
      return outcomeOf(error);
    }
  }

  const rig: Rig = {
    end,
    settings,
    clock,
    witness,
    secrets: { whole: [...secretsIn(definition.options, options), token], parts: end.secrets ?? [] },
    sink() {
      opened ??= Promise.resolve(definition.open(options as never, context as never));
      return within(patienceMs, "open has neither resolved nor rejected", opened);
    },
    batches: (events) => cut(events, settings).map((some) => batchOf(context.name, some)),
    async attempt(batch, signal = new AbortController().signal) {
      const sink = await rig.sink();
      return call("deliver", () => sink.deliver(batch, { signal }));
    },
    async probe(signal = new AbortController().signal) {
      const sink = await rig.sink();
      if (sink.probe === undefined) return undefined;
      return call("probe", () => sink.probe?.(signal));
    },
    async close() {
      const sink = await opened?.catch(() => undefined);
      try {
        await within(patienceMs, "close has neither resolved nor rejected", sink?.close?.());
      } finally {
        await http.close();
        await end.close();
      }
    },
  };
  return rig;
}

/** A promise that took too long; the sink's own errors are never of this class. */
class Overdue extends Error {}

async function within<T>(ms: number, complaint: string, promise: Promise<T> | T): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Overdue(`${complaint} within ${ms / 1000} s`)), ms);
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
