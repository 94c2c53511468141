import { type Clock, formatDuration } from "@forewarn/sdk";
import type { Envelope } from "../../outbox/envelope.ts";
import type { DeadLetter } from "../../outbox/tables/dead-letter.ts";
import type { Telemetry } from "../../telemetry.ts";
import type { Feed } from "../feed/feed.ts";

/** Why events become dead letters, before it is known when. */
export type Obituary = Omit<DeadLetter, "last">;

/** Settles what became of events at one sink, tells it, and counts. */
export interface Ledger {
  /** `attempt` is that of the batch, `attempts` how often each event was tried. */
  delivered(envelopes: readonly Envelope[], attempt: number, attempts: number, ms: number): void;
  /** Makes dead letters of events; `attempts` is how often each was tried. */
  bury(envelopes: readonly Envelope[], attempts: number, why: Obituary): void;
  /** Puts aside what must not be sent, too old for this sink or not what was written; returns the others. */
  sift(envelopes: readonly Envelope[], attempts: number, first: number): readonly Envelope[];
  counts(): { readonly delivered: number; readonly dead: number };
}

/** Opens the ledger of one sink. */
export function createLedger(options: {
  readonly sink: string;
  readonly clock: Clock;
  readonly feed: Pick<Feed, "settle" | "isReplayed">;
  readonly telemetry: Telemetry;
  readonly maxAgeMs: number | null;
}): Ledger {
  const { sink, clock, feed, telemetry, maxAgeMs } = options;
  let delivered = 0;
  let dead = 0;

  function bury(envelopes: readonly Envelope[], attempts: number, why: Obituary): void {
    if (envelopes.length === 0) return;
    dead += envelopes.length;
    const last = clock.now();
    feed.settle(envelopes, ({ seq }) => ({ seq, at: last, attempts, dead: { ...why, last } }));
    const { reason, message, excerpt } = why;
    telemetry.emit("deadLettered", {
      sink,
      envelopes,
      reason,
      message,
      ...(excerpt === undefined ? {} : { excerpt }),
    });
  }

  return {
    delivered(envelopes, attempt, attempts, ms) {
      if (envelopes.length === 0) return;
      delivered += envelopes.length;
      const at = clock.now();
      feed.settle(envelopes, ({ seq }) => ({ seq, at, attempts }));
      telemetry.emit("delivered", { sink, envelopes, attempt, ms });
    },
    bury,
    sift(envelopes, attempts, first) {
      const oldest = maxAgeMs === null ? Number.NEGATIVE_INFINITY : clock.now() - maxAgeMs;
      // Whoever replays an event knows how old it is.
      const isYoung = (envelope: Envelope) => envelope.time >= oldest || feed.isReplayed(envelope);
      const good = envelopes.filter((envelope) => envelope.intact && isYoung(envelope));
      if (good.length === envelopes.length) return envelopes;
      const corrupt = envelopes.filter(({ intact }) => !intact);
      const expired = envelopes.filter((envelope) => envelope.intact && !isYoung(envelope));
      const age = formatDuration(maxAgeMs ?? 0);
      bury(corrupt, attempts, { reason: "corrupt", message: "the checksum on disk does not match", first });
      bury(expired, attempts, { reason: "expired", message: `older than maxAge (${age})`, first });
      return good;
    },
    counts: () => ({ delivered, dead }),
  };
}
