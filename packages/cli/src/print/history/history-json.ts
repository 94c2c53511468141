import type { HistoryEntry } from "@forewarn/agent";
import { eventOf, toldNotice } from "./history-event.ts";
import { type HistoryView, type Notice, noticeFor, waitsInVain } from "./notice.ts";

/** One object per event, for programs; times in RFC 3339. */
export function historyJson(entry: HistoryEntry, view: HistoryView): object {
  const { id, type, time, passages } = entry;
  const notice = noticeFor(entry, view);
  return {
    id,
    type,
    time: new Date(time).toISOString(),
    noticeMs: toldNotice(entry) ?? null,
    notice: notice === null ? null : noticeJson(notice),
    sinks: passages.map(({ at, afterMs, attempts, dead, ...passage }) => ({
      ...passage,
      ...(waitsInVain(passage, view) ? { configured: false } : {}),
      at: at === undefined ? null : new Date(at).toISOString(),
      afterMs: afterMs ?? null,
      attempts: attempts ?? null,
      ...(dead === undefined
        ? {}
        : {
            dead: {
              ...dead,
              first: new Date(dead.first).toISOString(),
              last: new Date(dead.last).toISOString(),
            },
          }),
    })),
    event: eventOf(entry),
  };
}

/** A notice for programs; times in RFC 3339. */
export function noticeJson({ seen, why, affectsSelf, ...notice }: Notice): object {
  return {
    ...notice,
    affectsSelf: affectsSelf ?? null,
    seen: new Date(seen).toISOString(),
    why: why ?? null,
  };
}
