import type { ScheduledEventData } from "@forewarn/sdk";
import { type Azure, timeoutMs } from "./azure.ts";
import type { Course } from "./course.ts";
import type { Ledger } from "./ledger.ts";

/**
 * Complains of a scheduled event that was told as canceled although Azure had it Started for longer than anything can
 * go unseen: two gaps, of which one may hide in an answer that was on its way, and the time which that may take. Not
 * where it may: an entry that could not be read, or a clock that was set back while the machine was suspended.
 */
export function judgeTruth(run: {
  readonly ledger: Ledger;
  readonly azure: Azure;
  readonly course: Course;
  readonly gapAfterMs: number;
}): void {
  const { ledger, azure, course, gapAfterMs } = run;
  if (course.some((happening) => happening.kind === "jump" && happening.ms < 0)) return;
  if (azure.plan.faults.some(({ what }) => what.kind === "partial")) return;
  const longestUnseenMs = 2 * gapAfterMs + timeoutMs + 1000;
  for (const { event } of ledger.entries) {
    if (!event.type.endsWith(".canceled")) continue;
    const ms = azure.startedMs((event.data as ScheduledEventData).eventId);
    if (ms > longestUnseenMs) ledger.complain(`${event.id} was told, but it had been Started for ${ms} ms`);
  }
}
