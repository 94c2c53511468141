import { createHash } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { createSinkHttp } from "@forewarn/agent/http";
import {
  type Batch,
  type Clock,
  type ForewarnEvent,
  type Logger,
  MisconfiguredError,
  type OptionsInput,
  type PartialDeliveryError,
  type Sink,
  type SinkDefinition,
  type TObject,
} from "@forewarn/sdk";
import { createAjv } from "@forewarn/sdk/ajv";
import { receivedEvents, type TriggerMetadata } from "./received-events.ts";

/** The part of `InvocationContext` of `@azure/functions` that is used. */
export interface Invocation extends Logger {
  readonly triggerMetadata?: TriggerMetadata;
  readonly retryContext?: { readonly retryCount: number };
}

/** How events are handed to the sink. */
export interface HandlerSettings {
  /** Which events the sink gets. Default: all. */
  readonly wants?: (event: ForewarnEvent) => boolean;
  /** How many at once. Default 100. */
  readonly maxEvents?: number;
  /** How long one delivery may take. Default 15 s. */
  readonly timeoutMs?: number;
}

const clock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: (ms, signal) => setTimeout(ms, undefined, { signal }).catch(() => {}),
};

/** How many settled events are remembered, so that a retry of the trigger does not deliver them again. */
const mostRemembered = 10_000;

/**
 * A handler of an Event Hubs trigger that does for a sink what the agent does: it opens it once, cuts batches, and obeys
 * what `deliver` throws. Rejected events are logged and left; for everything else it throws, and the trigger's retry
 * policy calls again with the same messages, of which those that are settled are skipped.
 */
export function createHandler<Options extends TObject>(
  definition: SinkDefinition<Options>,
  given: OptionsInput<Options>,
  { wants = () => true, maxEvents = 100, timeoutMs = 15_000 }: HandlerSettings = {},
): (messages: unknown, invocation: Invocation) => Promise<void> {
  const options = validated(definition, given);
  const settled = new Set<string>();
  const http = createSinkHttp();
  let log: Logger = console;
  let opened: Promise<Sink> | undefined;

  function open(): Promise<Sink> {
    const context = {
      name: definition.type,
      options,
      clock,
      // The sink outlives a call; what it logs belongs to the call that is under way.
      log: {
        debug: (message, fields) => log.debug(message, fields),
        info: (message, fields) => log.info(message, fields),
        warn: (message, fields) => log.warn(message, fields),
        error: (message, fields) => log.error(message, fields),
      } satisfies Logger,
      ...http,
      azureToken: () =>
        Promise.reject(new MisconfiguredError("there is no VM here whose identity it could be")),
    };
    return Promise.resolve(definition.open(options, context));
  }

  function settle(event: ForewarnEvent): void {
    settled.add(keyOf(event));
    const [oldest] = settled;
    if (settled.size > mostRemembered && oldest !== undefined) settled.delete(oldest);
  }

  function refuse({ source, id }: ForewarnEvent, reason: string): void {
    log.error("the sink will never take this event", { source, id, reason });
  }

  async function deliver(sink: Sink, events: readonly ForewarnEvent[], attempt: number): Promise<void> {
    try {
      const batch = batchOf(definition.type, events, attempt);
      await sink.deliver(batch, { signal: AbortSignal.timeout(timeoutMs) });
      for (const event of events) settle(event);
    } catch (error) {
      // By its code, never by its class: the sink may have another copy of the sdk.
      const { code, message } = error as Error & { readonly code?: string };
      if (code === "FOREWARN_PARTIAL_DELIVERY") {
        const { delivered, rejected } = error as PartialDeliveryError;
        for (const { index, reason } of rejected) refuse(events[index] as ForewarnEvent, reason);
        for (const index of [...delivered, ...rejected.map((one) => one.index)])
          settle(events[index] as ForewarnEvent);
        if (events.every((event) => settled.has(keyOf(event)))) return;
      }
      if (code !== "FOREWARN_REJECT") throw error;
      const [first, ...others] = events;
      if (first !== undefined && others.length === 0) {
        refuse(first, message);
        return settle(first);
      }
      // Halved until only the poison is left.
      const middle = Math.ceil(events.length / 2);
      await deliver(sink, events.slice(0, middle), attempt);
      await deliver(sink, events.slice(middle), attempt);
    }
  }

  return async (messages, invocation) => {
    log = invocation;
    const pass = (index: number, why: string) => log.warn(`message ${index} is passed over: ${why}`);
    const events = receivedEvents(messages, invocation.triggerMetadata, pass);
    const pending = events.filter((event) => wants(event) && !settled.has(keyOf(event)));
    opened ??= open();
    const sink = await opened.catch((error: unknown) => {
      opened = undefined;
      throw error;
    });
    const attempt = (invocation.retryContext?.retryCount ?? 0) + 1;
    for (let from = 0; from < pending.length; from += maxEvents)
      await deliver(sink, pending.slice(from, from + maxEvents), attempt);
  };
}

/** The options with defaults in place; throws where they are not what the sink declares. */
function validated<Options extends TObject>(
  definition: SinkDefinition<Options>,
  given: OptionsInput<Options>,
): Parameters<SinkDefinition<Options>["open"]>[0] {
  const options = structuredClone(given) as Parameters<SinkDefinition<Options>["open"]>[0];
  const validate = createAjv().compile(definition.options);
  if (!validate(options)) {
    const problems = validate.errors?.map(({ instancePath, message }) => `${instancePath} ${message}`.trim());
    throw new Error(`the options of the sink ${definition.type} are wrong: ${problems?.join("; ")}`);
  }
  definition.check?.(options);
  return options;
}

/** Two events that agree in it are one (CloudEvents 1.0, `id`). */
function keyOf({ source, id }: ForewarnEvent): string {
  return `${source} ${id}`;
}

function batchOf(name: string, events: readonly ForewarnEvent[], attempt: number): Batch {
  const id = createHash("sha256")
    .update([name, ...events.map(keyOf)].join("\n"))
    .digest("hex");
  const encoded = events.map((event) => JSON.stringify(event));
  return Object.freeze({
    id: id.slice(0, 32),
    attempt,
    events: Object.freeze(events),
    encoded: Object.freeze(encoded),
  });
}
