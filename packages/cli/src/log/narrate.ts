import type { Telemetry } from "@forewarn/agent";
import { cutText, formatDuration, type Logger, oneLine } from "@forewarn/sdk";
import { counted } from "./counted.ts";
import { narrateApprovals } from "./narrate-approvals.ts";
import { narrateImds } from "./narrate-imds.ts";
import { createReminder } from "./reminder.ts";

/** What the narrator knows at the end. */
export interface Narrator {
  /** Whether the last attempt to store events failed. */
  stateFailing(): boolean;
}

/** Of what a destination answered the log shows the beginning; the dead letter has more of it. */
const mostAnswer = 200;

/**
 * Tells in the log what the agent does: each change once, a streak of failures with its count at the end. `once` says
 * that it polls only once.
 */
export function narrate(telemetry: Telemetry, log: Logger, once: boolean): Narrator {
  let stateFailing = false;
  const failing = new Map<string, number>();
  const reminder = createReminder();
  const blocking = new Set<string>();

  narrateImds(telemetry, log, once);
  narrateApprovals(telemetry, log);
  telemetry.on("stateRecovered", () => {
    stateFailing = false;
    reminder.over("state: storing events");
    log.info("the state directory can be written again");
  });
  telemetry.on("stateFailed", ({ doing, message }) => {
    const storing = doing === "storing events";
    if (storing) stateFailing = true;
    if (!reminder.due(`state: ${doing}`).tell) return;
    const meanwhile = storing
      ? "what changes at Azure until then may be told late or not at all"
      : "no event is lost by it, some may come twice";
    log.error(`the state directory failed (${doing}): ${message}. Trying again; ${meanwhile}.`);
  });
  telemetry.on("degraded", ({ reason, message, kept, salvaged }) => {
    if (reason === "deleted") log.error(message);
    else if (reason === "disk")
      log.error(
        `the state directory cannot be written: ${message}. Events are kept in memory and delivered from there; a crash now would lose them, and so would a stop. Free some space or make it writable: it is tried again every 5 s.`,
      );
    else
      log.error(
        `the outbox was damaged: ${message}. ${salvaged} whole events of it are in a new file, the damaged one is kept as ${kept}.`,
      );
  });
  telemetry.on("restored", ({ degradedMs }) => {
    log.info(`events are kept on disk again, after ${formatDuration(degradedMs)}`);
  });
  telemetry.on("memoryLost", ({ events, undelivered, message }) => {
    const text = `the state directory cannot be written: ${message}. ${counted(events, "event")} ${events === 1 ? "was" : "were"} kept only in memory`;
    if (undelivered > 0) log.error(`${text}; lost, since not every sink has got them: ${undelivered}`);
    else
      log.warn(
        `${text}; every sink has got them, the history has not. What Azure still announces, the next run tells again.`,
      );
  });
  telemetry.on("appended", (envelopes) => {
    for (const { id, type } of envelopes) log.debug("event stored", { type, id });
  });
  telemetry.on("retained", ({ removed, evicted }) => {
    if (removed > 0) log.debug("events past the limits removed", { removed });
    if (evicted > 0)
      log.error("the outbox is full: events were removed before they were delivered", { evicted });
  });
  telemetry.on("delivered", ({ sink, envelopes, attempt, ms }) => {
    log.debug("delivered", { sink, events: envelopes.length, attempt, ms: Math.round(ms) });
    const failures = failing.get(sink);
    failing.delete(sink);
    reminder.over(`sink: ${sink}`);
    if (failures !== undefined)
      log.info(
        `sink ${sink} takes events again after ${failures} failed ${failures === 1 ? "delivery" : "deliveries"}`,
      );
  });
  telemetry.on("deliveryFailed", ({ sink, events, attempt, message, retryInMs }) => {
    const failures = (failing.get(sink) ?? 0) + 1;
    failing.set(sink, failures);
    const fields = { sink, events, attempt };
    const { tell, forMs } = reminder.due(`sink: ${sink}`);
    const since = failures === 1 ? "" : ` (failing for ${formatDuration(forMs)}, ${failures} times)`;
    const text = `sink ${sink}: ${message}; trying again in ${formatDuration(retryInMs)}${since}`;
    if (tell) log.warn(text, fields);
    else log.debug(text, fields);
  });
  telemetry.on("deadLettered", ({ sink, envelopes, reason, message, excerpt = "" }) => {
    const why = `${message}${answerBeside(message, excerpt)}`;
    log.error(`sink ${sink} will never take ${envelopes.length} of its events (${reason}): ${why}`, {
      ids: envelopes.map(({ id }) => id),
    });
  });
  telemetry.on("deadlineMissed", ({ sink, envelopes }) => {
    log.error(
      `sink ${sink} did not get ${counted(envelopes.length, "urgent event")} before the deadline; it is tried all the same`,
      {
        ids: envelopes.map(({ id }) => id),
      },
    );
  });
  telemetry.on("sinkBlocked", ({ sink, ms }) => {
    const text = `sink ${sink} held up the whole agent for ${formatDuration(ms)} in the synchronous part of one call`;
    if (blocking.has(sink)) log.debug(text);
    else log.warn(`${text}: do such work in another process, with the exec sink for example`);
    blocking.add(sink);
  });
  telemetry.on("sinkPaused", ({ sink, reason, message }) => {
    log.error(
      `sink ${sink} is paused${reason === "hung" ? " as hung" : ""}, its events are kept: ${message}`,
    );
  });
  telemetry.on("sinkResumed", ({ sink, pausedMs }) => {
    log.info(`sink ${sink} works again after ${formatDuration(pausedMs)}`);
  });
  return { stateFailing: () => stateFailing };
}

/** The beginning of an answer in one line, where the message does not end in it already. */
function answerBeside(message: string, excerpt: string): string {
  const last = excerpt.trim().split("\n").at(-1) ?? "";
  if (excerpt.trim() === "" || message.endsWith(oneLine(last)) || message.includes(oneLine(excerpt)))
    return "";
  return `: ${cutText(oneLine(excerpt.replaceAll(/\s+/g, " ")), mostAnswer)}`;
}
