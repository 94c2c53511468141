import type { DatabaseSync } from "node:sqlite";
import { type Envelope, envelopeOf, type EventRow } from "../envelope.ts";
import { type DeadLetter, deadLetterOf } from "./dead-letter.ts";

/** Tells how far the announcement of a scheduled event has come. */
export interface Announcements {
  /** The `scheduled` event of one occurrence of an EventId (in lower case); null where it is not kept any more, or damaged. */
  announcement(eventId: string, occurrence: number): Envelope | null;
  /** What a sink did with the event at a place, as it stands on disk; null where it is not settled there. */
  settlement(seq: number, sink: string): { readonly dead: DeadLetter | null } | null;
}

/** Reads announcements and what became of them. */
export function createAnnouncements(database: DatabaseSync): Announcements {
  const rows = database.prepare(
    `SELECT seq, key, id, type, time, urgent_from AS urgentFrom, deadline, crc, json FROM event
      WHERE key = ? AND type = 'io.forewarn.scheduledevent.scheduled' AND json <> '' ORDER BY seq DESC LIMIT 1`,
  );
  const row = database.prepare("SELECT dead FROM delivery WHERE seq = ? AND sink = ?");
  return {
    announcement(eventId, occurrence) {
      const found = rows.get(eventId) as unknown as EventRow | undefined;
      const envelope = found === undefined ? null : envelopeOf(found);
      if (envelope?.intact !== true || !("occurrence" in envelope.event.data)) return null;
      return envelope.event.data.occurrence === occurrence ? envelope : null;
    },
    settlement(seq, sink) {
      const found = row.get(seq, sink);
      if (found === undefined) return null;
      const { dead } = found;
      return { dead: typeof dead === "string" ? deadLetterOf(dead) : null };
    },
  };
}
