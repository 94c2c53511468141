import type { Batch, ForewarnEvent } from "@forewarn/sdk";
import { fieldOf, inWords } from "../outcome.ts";
import type { Rig } from "../rig.ts";
import { broken } from "../verdict.ts";

/** What became of events. */
export interface Settled {
  readonly delivered: readonly ForewarnEvent[];
  readonly rejected: readonly ForewarnEvent[];
}

const nothing: Settled = { delivered: [], rejected: [] };

/** Delivers as the agent does: halves a batch that was rejected, and sends again what a partial delivery left open. */
export async function settleAll(rig: Rig, events: readonly ForewarnEvent[]): Promise<Settled> {
  let all = nothing;
  for (const batch of rig.batches(events)) {
    const own = batch.events.map((copy) => events.find(({ id }) => id === copy.id) as ForewarnEvent);
    all = joined(all, await settle(rig, batch, own));
  }
  return all;
}

async function settle(rig: Rig, batch: Batch, events: readonly ForewarnEvent[]): Promise<Settled> {
  const outcome = await rig.attempt(batch);
  switch (outcome.kind) {
    case "delivered":
      return { delivered: events, rejected: [] };
    case "reject": {
      if (events.length === 1) return { delivered: [], rejected: events };
      const half = Math.ceil(events.length / 2);
      const first = await settleAll(rig, events.slice(0, half));
      return joined(first, await settleAll(rig, events.slice(half)));
    }
    case "partial": {
      const told = toldBy(outcome.error, events);
      const left = events.filter(
        (event) => !told.delivered.includes(event) && !told.rejected.includes(event),
      );
      if (left.length === events.length)
        broken("a partial delivery settled nothing: throw RetryError instead");
      return left.length === 0 ? told : joined(told, await settleAll(rig, left));
    }
    default:
      return broken(`one event is refused, and the others taken: ${inWords(outcome)}`);
  }
}

function toldBy(error: unknown, events: readonly ForewarnEvent[]): Settled {
  const delivered = fieldOf(error, "delivered") as readonly number[];
  const rejected = fieldOf(error, "rejected") as readonly { readonly index: number }[];
  const at = (index: number) =>
    events[index] ??
    broken(`a partial delivery names the index ${index}, and the batch has ${events.length} events`);
  return { delivered: delivered.map(at), rejected: rejected.map(({ index }) => at(index)) };
}

function joined(one: Settled, two: Settled): Settled {
  return {
    delivered: [...one.delivered, ...two.delivered],
    rejected: [...one.rejected, ...two.rejected],
  };
}
