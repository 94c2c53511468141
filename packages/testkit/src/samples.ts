import {
  type EventAttributes,
  type ForewarnEvent,
  type ScheduledEvent,
  type ScheduledEventData,
  type ScheduledEventPhase,
  type Severity,
  type Vm,
  dataSchemaUrl,
  severityNumber,
} from "@forewarn/sdk";
import { ownSamples } from "./own-samples.ts";

const began = Date.parse("2026-11-22T20:15:03.123Z");

/** The VM that observes every sample. */
export const sampleVm: Vm = {
  name: "vm-eu-42",
  vmId: "02aab8a4-74ef-476e-8182-f6d2ba4166a6",
  resourceId:
    "/subscriptions/8d10da13-8125-4ba9-a717-bf7490507b3d/resourceGroups/rg-ops/providers/Microsoft.Compute/virtualMachines/vm-eu-42",
  subscriptionId: "8d10da13-8125-4ba9-a717-bf7490507b3d",
  resourceGroup: "rg-ops",
  location: "westeurope",
  zone: "2",
  size: "Standard_D4s_v5",
  scaleSet: null,
  tags: { team: "payments", env: "production" },
};

/** The phases of one scheduled event, in order; each number is another event of another VM's maintenance. */
export function story(
  number: number,
  phases: readonly ScheduledEventPhase[] = ["scheduled", "updated", "started", "completed"],
  changes: Partial<ScheduledEventData> = {},
): readonly ScheduledEvent[] {
  return phases.map((phase, index) => scheduledEvent(number, phase, began + index * 60_000, changes));
}

/** One event of every kind that Forewarn emits, in the order of `docs/events.md`; each has a subject or type of its own. */
export const sampleEvents: readonly ForewarnEvent[] = Object.freeze([
  ...story(1, ["scheduled", "updated", "approved", "started", "completed"]),
  ...story(2, ["canceled"]),
  ...story(3, ["ended"]),
  ...Object.entries(ownSamples).map(([type, { severity, data }], index) => {
    const id = `019ab123-4567-7000-8000-${String(index).padStart(12, "0")}`;
    const about = attributes(id, began + index * 1000, severity, sampleVm.vmId as string);
    return {
      ...about,
      type,
      dataschema: dataSchemaUrl(type.replace("io.forewarn.", "")),
      data: { ...data, vm: sampleVm },
    } as ForewarnEvent;
  }),
]);

/** A scheduled event whose JSON text has exactly this many bytes. */
export function eventOfSize(number: number, bytes: number): ScheduledEvent {
  const [empty] = story(number, ["scheduled"], { description: "" }) as [ScheduledEvent];
  const missing = bytes - Buffer.byteLength(JSON.stringify(empty));
  return {
    ...empty,
    data: { ...empty.data, description: "0123456789 ".repeat(missing / 11 + 1).slice(0, missing) },
  };
}

/** A scheduled event full of what breaks careless code: other scripts, emoji, marks, separators, and every syntax. */
export function trickyEvent(number: number): ScheduledEvent {
  const text = [
    "größer € 😀 👩‍👩‍👧‍👦 🇪🇺",
    "e\u0301\u0323 combining, \u202bשלום עליכם\u202c مرحبا",
    "日本語 𝒳 \u{10FFFD}",
    "\u2028\u2029\u00a0\ufeff\u200b\t\r\n\\n \u0000\u0007\u007f",
    `"quoted" 'single' \`back\` \\ / </script> <!channel> <https://example.com|bank> & &amp; %s %00 $HOME $(id) {{ data }} \${x}`,
    "|pipe|=HYPERLINK(1)--; DROP TABLE event",
  ].join(" ");
  const [event] = story(number, ["scheduled"], {
    description: text,
    resources: ["vm-é-😀", "vm-eu-42"],
  }) as [ScheduledEvent];
  return { ...event, data: { ...event.data, vm: { ...sampleVm, tags: { "größe 📏": text, __proto: "x" } } } };
}

function scheduledEvent(
  number: number,
  phase: ScheduledEventPhase,
  time: number,
  changes: Partial<ScheduledEventData>,
): ScheduledEvent {
  const eventId = `C7061BAC-AFDC-4513-B24B-${number.toString(16).toUpperCase().padStart(12, "0")}`;
  const notBefore = new Date(began + 15 * 60_000).toISOString();
  const isTold = phase === "scheduled" || phase === "updated" || phase === "started";
  const mark = phase === "updated" ? ":0123456789ab" : "";
  return {
    ...attributes(
      `${eventId.toLowerCase()}:${phase}${mark}`,
      time,
      isTold ? "error" : "info",
      eventId.toLowerCase(),
    ),
    type: `io.forewarn.scheduledevent.${phase}`,
    dataschema: dataSchemaUrl("scheduledevent"),
    affectsself: true,
    notbefore: notBefore,
    data: {
      eventId,
      occurrence: 1,
      eventType: "Reboot",
      status: phase === "started" || phase === "completed" ? "Started" : "Scheduled",
      phase,
      eventSource: "Platform",
      resourceType: "VirtualMachine",
      resources: ["vm-eu-42"],
      affectsSelf: true,
      notBefore,
      notBeforeRaw: new Date(notBefore).toUTCString(),
      noticeMs: Date.parse(notBefore) - time,
      durationSeconds: 9,
      description: "Virtual machine is being rebooted for maintenance.",
      documentIncarnation: number,
      impact: "error",
      ...(phase === "updated" ? { changed: ["notBefore"] } : {}),
      ...(phase === "approved" ? { approval: { by: "policy" as const, rule: "after drain" } } : {}),
      ...(phase === "canceled" ? { outcome: "removed-before-start" as const } : {}),
      ...(phase === "ended" ? { outcome: "not-observed" as const, gapMs: 90_000 } : {}),
      vm: sampleVm,
      ...changes,
    },
  };
}

function attributes(
  id: string,
  time: number,
  severity: Severity,
  subject: string,
): Omit<EventAttributes, "dataschema"> {
  return {
    specversion: "1.0",
    id,
    source: sampleVm.resourceId as string,
    subject,
    time: new Date(time).toISOString(),
    datacontenttype: "application/json",
    partitionkey: sampleVm.vmId as string,
    severitynumber: severityNumber(severity),
    severitytext: severity.toUpperCase() as "INFO" | "WARN" | "ERROR",
    sequence: String(time).padStart(20, "0"),
  };
}
