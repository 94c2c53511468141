import type { ScheduledEventData } from "@forewarn/sdk";
import { adviceFor } from "./advice.ts";
import { affectedVms } from "./affected.ts";
import { inWords } from "./duration.ts";
import { plain } from "./mrkdwn.ts";
import { listed } from "./text.ts";

/** `Reboot of web-01 in 15 min`, `Spot eviction (Preempt) of worker-3 has started`, …: plain text. */
export function titleOf(data: ScheduledEventData, now: number): string {
  return `${subjectOf(data)} ${predicate(data, now)}`;
}

/** `Reboot of web-01 and 2 more`: plain text. */
export function subjectOf(data: ScheduledEventData): string {
  const { name } = adviceFor(data);
  const type = plain(data.eventType, 40) || "Event";
  const called = name === undefined || name.toLowerCase() === type.toLowerCase() ? type : `${name} (${type})`;
  const vms = affectedVms(data).map((vm) => plain(vm, 64));
  return `${called} of ${vms.length === 0 ? "unnamed VMs" : listed(vms, vms.length === 2 ? 2 : 1)}`;
}

function predicate({ phase, status, notBefore }: ScheduledEventData, now: number): string {
  const isStarted = status.toLowerCase() === "started";
  const due = notBefore === null ? Number.NaN : Date.parse(notBefore) - now;
  switch (phase) {
    case "scheduled":
      return when(due);
    case "updated":
      return isStarted ? "changed while under way" : `changed: now ${when(due)}`;
    case "started":
      return "has started";
    case "completed":
      return "is over";
    case "canceled":
      return "was canceled";
    case "ended":
      return "is no longer announced";
  }
}

function when(due: number): string {
  if (Number.isNaN(due)) return "announced, time unknown";
  return due < 1000 ? "due now" : `in ${inWords(due)}`;
}
