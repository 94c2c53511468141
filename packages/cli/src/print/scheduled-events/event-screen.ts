import type { ImdsError } from "@forewarn/imds";
import type { EventChange } from "./event-change.ts";
import type { EventsView } from "./events-table.ts";

/** Who shows what a watch sees. */
export interface EventScreen {
  /** IMDS is asked; the answer may take its time. */
  asking(now: number): void;
  /** A good answer, and what is different from the one before. */
  seen(view: EventsView, changes: readonly EventChange[]): void;
  /** A bad answer, and since when there was no good one. */
  failed(error: ImdsError, now: number, since: number): void;
  /** IMDS answers again, after so long. */
  recovered(now: number, afterMs: number): void;
  end(): void;
}
