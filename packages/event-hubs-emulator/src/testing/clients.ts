import { EventHubConsumerClient, EventHubProducerClient } from "@azure/event-hubs";
import type { EventHubClientOptions, EventPosition, ReceivedEventData } from "@azure/event-hubs";
import { onTestFinished } from "vitest";

import type { EventHubsEmulator, EventHubsEmulatorOptions } from "../emulator-api.ts";
import { startEventHubsEmulator } from "../start-event-hubs-emulator.ts";

/** An emulator with a hub named `hub` of 4 partitions that ends with the test. */
export async function emulate(options: EventHubsEmulatorOptions = {}): Promise<EventHubsEmulator> {
  const emulator = await startEventHubsEmulator(options);
  onTestFinished(() => emulator.close());
  return emulator;
}

/** One attempt, since the SDK's own retries hide what the broker said. */
const once: EventHubClientOptions = { retryOptions: { maxRetries: 0, timeoutInMs: 10_000 } };

/** A producer of the Azure SDK that ends with the test. */
export function produce(
  connectionString: string,
  hub = "hub",
  options: EventHubClientOptions = {},
): EventHubProducerClient {
  const client = new EventHubProducerClient(connectionString, hub, { ...once, ...options });
  onTestFinished(() => client.close());
  return client;
}

/** A consumer of the Azure SDK that ends with the test. */
export function consume(
  connectionString: string,
  options: EventHubClientOptions = {},
): EventHubConsumerClient {
  const client = new EventHubConsumerClient("$Default", connectionString, "hub", { ...once, ...options });
  onTestFinished(() => client.close());
  return client;
}

/** What a subscription saw. */
export interface Subscribed {
  readonly events: readonly (ReceivedEventData & { readonly partitionId: string })[];
  readonly errors: readonly Error[];
  readonly closed: readonly string[];
  /** Resolves once that many events came. */
  received(count: number): Promise<void>;
  /** Resolves at the first error. */
  failed(): Promise<Error>;
  close(): Promise<void>;
}

/** How to subscribe. */
export interface SubscribeOptions {
  readonly startPosition: EventPosition;
  readonly ownerLevel?: number;
  readonly trackLastEnqueuedEventProperties?: boolean;
  /** Default: all. */
  readonly partition?: string;
  /** Called when a partition's receiver begins. */
  readonly onInitialize?: (partition: string) => void;
}

/** Subscribes until the test ends. */
export function subscribe(client: EventHubConsumerClient, options: SubscribeOptions): Subscribed {
  const events: (ReceivedEventData & { readonly partitionId: string })[] = [];
  const errors: Error[] = [];
  const closed: string[] = [];
  let wake = Promise.withResolvers<void>();
  const notify = () => {
    wake.resolve();
    wake = Promise.withResolvers();
  };
  const { partition, onInitialize, ...rest } = options;
  const handlers = {
    processInitialize: async (context: { readonly partitionId: string }) =>
      onInitialize?.(context.partitionId),
    processEvents: async (batch: ReceivedEventData[], context: { readonly partitionId: string }) => {
      events.push(...batch.map((event) => ({ ...event, partitionId: context.partitionId })));
      notify();
    },
    processError: async (error: Error) => {
      errors.push(error);
      notify();
    },
    processClose: async (reason: string) => void closed.push(reason),
  };
  const settings = { ...rest, maxBatchSize: 100, maxWaitTimeInSeconds: 1 };
  const subscription =
    partition === undefined
      ? client.subscribe(handlers, settings)
      : client.subscribe(partition, handlers, settings);
  onTestFinished(() => subscription.close());
  const until = async (isDone: () => boolean) => {
    while (!isDone()) await wake.promise;
  };
  return {
    events,
    errors,
    closed,
    received: (count) => until(() => events.length >= count),
    async failed() {
      await until(() => errors.length > 0);
      return errors[0] as Error;
    },
    close: () => subscription.close(),
  };
}

/** The code, or without one the name, and the message of what a call fails with; of an AggregateError, which the SDK nests, the first one within. */
export async function failure(
  call: Promise<unknown>,
): Promise<{ readonly code: string; readonly message: string }> {
  let error: unknown = await call.then(
    () => new Error("it succeeded"),
    (reason: unknown) => reason,
  );
  while (error instanceof AggregateError) error = error.errors[0];
  const { name, message, code = name } = error as Error & { code?: string };
  return { code, message };
}
