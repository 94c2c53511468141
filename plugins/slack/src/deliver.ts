import {
  type Clock,
  type DeliveryError,
  type ForewarnEvent,
  PartialDeliveryError,
  RejectError,
  type Sink,
  isScheduledEvent,
} from "@forewarn/sdk";
import { digest } from "./message/digest.ts";
import { type Mentions, mentionFor } from "./message/mention.ts";
import type { Render } from "./message/render.ts";
import type { Stories } from "./message/stories.ts";
import type { Post } from "./post.ts";
import type { Storm } from "./storm.ts";

/** What delivering a batch needs. */
export interface DeliverContext {
  readonly clock: Clock;
  readonly render: Render;
  readonly post: Post;
  readonly storm: Storm;
  readonly stories: Stories;
  readonly mentions: Mentions;
}

/** What became of a batch so far, by index. */
interface Progress {
  readonly delivered: number[];
  readonly rejected: { readonly index: number; readonly reason: string }[];
}

/**
 * Tells a batch: one message for each event, or, in a storm, one for those that can wait. It stops at the first message
 * that is not taken and settles exactly what was; an event that is refused for itself stops nobody else.
 */
export function createDeliver(context: DeliverContext): Sink["deliver"] {
  const { clock, render, post, storm, stories, mentions } = context;

  function told(events: readonly ForewarnEvent[], inDigest: boolean): void {
    storm.posted(events.length, inDigest);
    for (const event of events) if (isScheduledEvent(event)) stories.remember(event);
  }

  async function tellAlone(event: ForewarnEvent, signal: AbortSignal): Promise<void> {
    await post(render(event, clock.now()), signal);
    told([event], false);
  }

  async function tellTogether(events: readonly ForewarnEvent[], signal: AbortSignal): Promise<void> {
    const [only] = events;
    if (only === undefined) return;
    await storm.calm(signal);
    const now = clock.now();
    const calls = events.map((event) =>
      mentionFor(event, isScheduledEvent(event) ? stories.earlier(event) : {}, mentions),
    );
    const mention = [...new Set(calls.filter((call) => call !== ""))].join(" ");
    await post(events.length === 1 ? render(only, now) : digest(events, { mention, now }), signal);
    told(events, true);
  }

  return async ({ events }, { signal }) => {
    const { alone, together } = storm.plan(events);
    const progress: Progress = { delivered: [], rejected: [] };
    let refusal: unknown;
    try {
      for (const index of alone) {
        try {
          await tellAlone(events[index] as ForewarnEvent, signal);
          progress.delivered.push(index);
        } catch (error) {
          if (!(error instanceof RejectError)) throw error;
          progress.rejected.push({ index, reason: error.message });
          refusal = error;
        }
      }
      await tellTogether(
        together.map((index) => events[index] as ForewarnEvent),
        signal,
      );
      progress.delivered.push(...together);
    } catch (error) {
      throw settled(error, progress);
    }
    if (refusal !== undefined) throw events.length === 1 ? refusal : settled(refusal, progress);
  };
}

/** An error that also says what was posted before it; as it is where nothing was. */
function settled(error: unknown, { delivered, rejected }: Progress): unknown {
  if (delivered.length + rejected.length === 0) return error;
  const { message, status, excerpt } = error as Partial<DeliveryError>;
  return new PartialDeliveryError(message ?? String(error), {
    delivered,
    rejected,
    ...(status === undefined ? {} : { status }),
    ...(excerpt === undefined ? {} : { excerpt }),
  });
}
