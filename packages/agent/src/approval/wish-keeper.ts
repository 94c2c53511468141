import type { Clock } from "@forewarn/sdk";
import type { Outbox } from "../outbox/outbox.ts";
import type { Wish, WishAnswer } from "../outbox/tables/wishes.ts";
import type { Recorder } from "../source/recorder.ts";
import type { Telemetry } from "../telemetry.ts";
import type { Approver } from "./approver.ts";

/** Whoever left it has stopped waiting: an event must not start an hour later by surprise. */
const longestMs = 60_000;
/** What was just announced is known with the next answers of IMDS. */
const unknownForMs = 10_000;
const keptMs = 600_000;

/**
 * Makes what heeds, at each call, what people want with `forewarn approve` in another process, and answers them; one
 * call after the other.
 */
export function createWishKeeper(options: {
  readonly outbox: Pick<Outbox, "forgetWishes" | "wishes">;
  readonly approver: Pick<Approver, "grant">;
  readonly record: Recorder;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
}): () => Promise<void> {
  const { outbox, approver, record, clock, telemetry } = options;
  let heeding = false;

  async function answerTo(wish: Wish): Promise<WishAnswer | null> {
    const ageMs = clock.now() - wish.at;
    if (ageMs > longestMs) return { outcome: "impossible", message: "it was asked for too long ago" };
    const answer = await approver.grant(wish);
    return answer.outcome === "unknown" && ageMs < unknownForMs ? null : answer;
  }

  async function heed(): Promise<void> {
    const wishes = outbox.wishes();
    for (const [name, wish] of wishes) {
      const answer = await answerTo(wish);
      if (answer !== null) record([], { checkpoints: { [name]: { ...wish, answer } } });
    }
    if (wishes.size > 0) outbox.forgetWishes(clock.now() - keptMs);
  }

  return async () => {
    if (heeding) return;
    heeding = true;
    try {
      await heed();
    } catch (error) {
      telemetry.emit("stateFailed", { doing: "reading events", message: (error as Error).message });
    } finally {
      heeding = false;
    }
  };
}
