import type { Telemetry } from "@forewarn/agent";
import { formatDuration, type Logger } from "@forewarn/sdk";
import { createReminder } from "./reminder.ts";

/** Tells in the log who let what start before its time, and what a machine's last flush has left. */
export function narrateApprovals(telemetry: Telemetry, log: Logger): void {
  const reminder = createReminder();

  telemetry.on("approval", ({ eventId, eventType, outcome, by, why = "" }) => {
    const event = `${eventType} ${eventId}`;
    const fields = { eventId, by };
    switch (outcome) {
      case "waiting":
        return log.debug(`${event} is not approved yet: ${why}`, fields);
      case "blocked":
        return log.warn(`${event} will not be approved: ${why}`, fields);
      case "dry-run":
        return log.info(`${event} would be approved now (${why}); nothing is sent: approve.dryRun`, fields);
      case "posting":
        return log.debug(`${event}: asking Azure to start it`, fields);
      case "approved":
        reminder.over(eventId);
        return log.info(`${event} is approved: Azure may start it at any moment`, fields);
      case "failed": {
        const text = `${event} is not approved yet: ${why} It is tried again until its time comes.`;
        return reminder.due(eventId).tell ? log.warn(text, fields) : log.debug(text, fields);
      }
      case "refused":
        return log.error(`${event} is not approved, and not asked for again: ${why}`, fields);
      case "expired":
        return log.warn(`${event} starts at its own time: ${why}`, fields);
    }
  });
  telemetry.on("lastFlush", ({ eventId, eventType, sinks, synced, ms }) => {
    const all = sinks.map(({ sink, delivered, left }) => `${sink} delivered ${delivered}, left ${left}`);
    const text = `${eventType} ${eventId} may stop this machine now; all that was pending was tried once more, in ${formatDuration(Math.round(ms))}: ${all.join("; ")}`;
    const fields = { eventId, synced };
    if (!synced) log.error(`${text}; what is kept only in memory will be lost`, fields);
    else if (sinks.some(({ left }) => left > 0)) log.warn(`${text}; what is left stands on disk`, fields);
    else log.info(text, fields);
  });
}
