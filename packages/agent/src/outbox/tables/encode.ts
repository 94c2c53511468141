import { crc32 } from "node:zlib";
import { dataSchemaUrl, type ForewarnEvent, severityNumber } from "@forewarn/sdk";
import type { EventDraft } from "../../normalize/draft.ts";
import type { Observer } from "../../source/observer.ts";
import type { EventRow } from "../envelope.ts";

/** Order holds within a key: the event's subject, else its type. */
export function keyOf({ subject, type }: Pick<ForewarnEvent, "subject" | "type">): string {
  return subject ?? type;
}

/** The CloudEvent of a draft, seen by `observer`, in the outbox's order `seq`, under the id that is still free. */
export function encode(draft: EventDraft, observer: Observer, seq: number, id: string): ForewarnEvent {
  const { vm } = observer;
  const subject = draft.subject ?? vm.vmId?.toLowerCase();
  return {
    specversion: "1.0",
    id,
    source: observer.source,
    type: draft.type,
    ...(subject === undefined ? {} : { subject }),
    time: new Date(draft.time).toISOString(),
    datacontenttype: "application/json",
    dataschema: dataSchemaUrl(draft.schema),
    ...(vm.vmId === null ? {} : { partitionkey: vm.vmId.toLowerCase() }),
    severitynumber: severityNumber(draft.severity),
    severitytext: draft.severity.toUpperCase(),
    ...(draft.affectsSelf === null ? {} : { affectsself: draft.affectsSelf }),
    ...(draft.notBefore === null ? {} : { notbefore: new Date(draft.notBefore).toISOString() }),
    sequence: String(seq).padStart(20, "0"),
    data: { ...draft.data, ...(observer.simulated ? { simulated: true } : {}), vm },
  } as ForewarnEvent;
}

/** The row of the event that {@link encode} has made of a draft. */
export function newRow(event: ForewarnEvent, draft: EventDraft, seq: number): EventRow {
  const json = JSON.stringify(event);
  return {
    seq,
    key: keyOf(event),
    id: event.id,
    type: event.type,
    time: draft.time,
    urgentFrom: draft.urgency?.from ?? null,
    deadline: draft.urgency?.deadline ?? null,
    crc: crc32(json),
    json,
  };
}
