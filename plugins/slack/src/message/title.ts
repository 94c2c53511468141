import type { ScheduledEventData } from "@forewarn/sdk";
import { adviceFor } from "./advice.ts";
import { affectedVms } from "./affected.ts";
import { inWords } from "./duration.ts";
import { plain } from "./mrkdwn.ts";
import { listed } from "./text.ts";

/** So that what comes after the subject is never what a title's limit cuts off. */
const mostOfType = 30;
const mostOfName = 60;

/** `Reboot of web-01 in 15 min`, `Spot eviction (Preempt) of worker-3 has started`, …: plain text. */
export function titleOf(data: ScheduledEventData, now: number): string {
  return `${subjectOf(data)} ${predicate(data, now)}`;
}

/** `Reboot of web-01 and 2 more`. */
function subjectOf(data: ScheduledEventData): string {
  const { name } = adviceFor(data);
  const type = plain(data.eventType, mostOfType) || "Event";
  const called = name === undefined || name.toLowerCase() === type.toLowerCase() ? type : `${name} (${type})`;
  const vms = affectedVms(data).map((vm) => plain(vm, mostOfName));
  const isShort = vms.length === 2 && vms.join("").length <= mostOfName;
  return `${called} of ${vms.length === 0 ? "unnamed VMs" : listed(vms, isShort ? 2 : 1)}`;
}

function predicate({ phase, status, notBefore, changed = [] }: ScheduledEventData, now: number): string {
  const when = due(notBefore === null ? Number.NaN : Date.parse(notBefore) - now);
  switch (phase) {
    case "scheduled":
      return when;
    case "updated":
      if (status.toLowerCase() === "started") return "changed while under way";
      if (changed.includes("status")) return `is announced again, ${when}`;
      return changed.includes("notBefore") ? `moved: now ${when}` : `changed, still ${when}`;
    case "approved":
      return "may start now";
    case "started":
      return "has started";
    case "completed":
      return "is over";
    case "canceled":
      return "canceled";
    case "ended":
      return "is no longer announced";
  }
}

function due(ms: number): string {
  if (Number.isNaN(ms)) return "at an unknown time";
  return ms < 1000 ? "due now" : `in ${inWords(ms)}`;
}
