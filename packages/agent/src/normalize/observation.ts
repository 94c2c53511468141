import type { ScheduledEventsDocument } from "@forewarn/imds";
import type { Unwatched } from "./lifecycle.ts";

/** One good answer of IMDS, and how it follows the good answer before it. */
export interface Observation {
  readonly document: ScheduledEventsDocument;
  /** When the answer arrived, epoch milliseconds. */
  readonly time: number;
  /** Whether no good answer is missing between the one before and this one. */
  readonly continuous: boolean;
  /** Time since the last good answer where that is a gap; null where there is none or it is unknown. */
  readonly gapMs: number | null;
  /** Set after a gap and at the first document of a process: what absent events went through. */
  readonly unwatched: Unwatched | null;
  /** False where what is missing may be missing for another reason than being over. */
  readonly absenceBelieved: boolean;
}

/** What normalize must know of this VM and of the configuration. */
export interface NormalizeOptions {
  /** `compute.name`; null while unknown. */
  readonly selfName: string | null;
  /** An answer is before NotBefore when it arrived this much earlier. */
  readonly notBeforeToleranceMs: number;
}
