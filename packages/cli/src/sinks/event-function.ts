import {
  type AnySinkDefinition,
  defineSink,
  type EventFunction,
  PartialDeliveryError,
  Type,
} from "@forewarn/sdk";

/**
 * Makes a sink of one function: it is called with each event, in order, one after the other; its options may be
 * anything. What it throws decides as in `Sink.deliver`; events of the batch that it took before stay delivered.
 */
export function sinkOfFunction(type: string, deliverOne: EventFunction): AnySinkDefinition {
  return defineSink({
    type,
    summary: `Calls the function of ${type} with each event.`,
    options: Type.Object({}, { additionalProperties: true }),
    batch: { maxEvents: 1 },
    open: (options, context) => ({
      async deliver(batch, { signal }) {
        for (const [index, event] of batch.events.entries()) {
          try {
            await deliverOne(event, {
              ...context,
              options: options as Readonly<Record<string, unknown>>,
              signal,
            });
          } catch (error) {
            // The failed event comes first in the next attempt, where what it throws decides.
            if (index === 0) throw error;
            const delivered = Array.from({ length: index }, (_, done) => done);
            throw new PartialDeliveryError(`delivered ${index} of ${batch.events.length}`, {
              delivered,
              cause: error,
            });
          }
        }
      },
    }),
  });
}
