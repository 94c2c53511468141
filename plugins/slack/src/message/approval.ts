import type { ScheduledEventData } from "@forewarn/sdk";
import { concernsOthers } from "./affected.ts";
import { counted } from "./text.ts";

/** Azure's EventIds are GUIDs; anything else does not go into a command that people paste into a shell. */
const harmless = /^[0-9A-Za-z-]{1,64}$/;

/**
 * How to let an announced event start at once, in mrkdwn; empty where it cannot be approved: it is not Scheduled, it
 * concerns other VMs, or its time has come. The command is the one of Azure's documentation of Scheduled Events.
 */
export function approval(data: ScheduledEventData, now: number): string {
  const { eventId, status, notBefore, resources } = data;
  const isOpen = status.toLowerCase() === "scheduled" && (notBefore === null || Date.parse(notBefore) > now);
  if (!isOpen || concernsOthers(data) || !harmless.test(eventId)) return "";
  const whom =
    resources.length > 1
      ? `, for all ${counted(resources.length, "VM")} at once, on one of them`
      : " on the VM";
  const body = JSON.stringify({ StartRequests: [{ EventId: eventId }] });
  const url = "http://169.254.169.254/metadata/scheduledevents?api-version=2020-07-01";
  return `*Ready earlier?* Approve its start${whom}; else Azure waits until then:\n\`\`\`curl -H Metadata:true -d '${body}' '${url}'\`\`\``;
}
