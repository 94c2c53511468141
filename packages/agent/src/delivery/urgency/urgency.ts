import type { Envelope } from "../../outbox/envelope.ts";

/** Whether an event is urgent at `now` (epoch milliseconds): urgentFrom ≤ now < deadline. */
export function isUrgent(
  { urgentFrom, deadline }: Pick<Envelope, "urgentFrom" | "deadline">,
  now: number,
): boolean {
  return urgentFrom !== null && deadline !== null && urgentFrom <= now && now < deadline;
}

/** Whether the deadline of any of these events has passed. */
export function isLate(events: readonly Pick<Envelope, "deadline">[], now: number): boolean {
  return events.some(({ deadline }) => deadline !== null && deadline <= now);
}
