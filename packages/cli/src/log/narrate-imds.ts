import type { Telemetry } from "@forewarn/agent";
import { formatDuration, type Logger } from "@forewarn/sdk";
import { counted } from "./counted.ts";
import { explainSilence } from "./silence.ts";
import { createStreak } from "./streak.ts";

/**
 * Tells in the log how IMDS answers: a streak of bad answers once, each new class in it once, and at its end how many
 * there were. `once` says that it is asked only once.
 */
export function narrateImds(telemetry: Telemetry, log: Logger, once: boolean): void {
  const heard = explainSilence((text) => log.warn(text));
  const polls = createStreak();
  const instance = createStreak();
  let polled = false;
  let failing = false;
  let instanceTold = false;
  /** A bad instance document, until the next poll says whether IMDS is away altogether. */
  let untold: { readonly message: string; readonly code: string } | null = null;

  telemetry.on("polled", ({ incarnation, events }) => {
    heard();
    if (untold !== null) {
      instanceTold = true;
      log.warn(`${untold.message} What was known of this VM stays.`, { code: untold.code });
      untold = null;
    }
    if (polled) return;
    polled = true;
    log.info(`IMDS answers: ${events} scheduled ${events === 1 ? "event" : "events"} now`, { incarnation });
  });
  telemetry.on("pollFailed", ({ code, message, failures }) => {
    heard();
    failing = true;
    untold = null;
    const news = polls.failed(code);
    if (failures === 1) log.warn(once ? message : `${message} Trying again until it answers.`, { code });
    else if (news)
      log.warn(`IMDS fails in another way after ${counted(failures - 1, "failed poll")}: ${message}`, {
        code,
      });
    else log.debug(message, { code, failures });
  });
  telemetry.on("pollRecovered", ({ failures, downMs }) => {
    failing = false;
    log.info(
      `IMDS answers again after ${counted(failures, "failed poll")} in ${formatDuration(downMs)} (${polls.over()})`,
    );
  });

  telemetry.on("answerFailed", ({ endpoint, code, message, failures }) => {
    // A poll that fails is told above, a token that cannot be had by the sink that needs it.
    if (endpoint !== "instance") return;
    const news = instance.failed(code);
    log.debug(message, { code, failures });
    // Where polls fail too one voice is enough.
    if (news && !failing) untold = { message, code };
  });
  telemetry.on("answersRecovered", ({ endpoint, failures, downMs }) => {
    if (endpoint !== "instance") return;
    const classes = instance.over();
    const text = `the instance document is read again after ${counted(failures, "failed request")} in ${formatDuration(downMs)} (${classes})`;
    if (instanceTold) log.info(text);
    else log.debug(text);
    instanceTold = false;
    untold = null;
  });

  telemetry.on("absenceDoubted", ({ until }) => {
    log.info(
      `nothing was heard of IMDS for more than 24 h, or the clock was set: it may name its events late, so until ${new Date(until).toISOString()} none that is missing is taken to be over`,
    );
  });
  telemetry.on("documentWarning", (warning) => log.warn(`IMDS: ${warning}`));
  telemetry.on("documentsWhole", ({ documents }) => {
    log.info(`IMDS: nothing odd in the document any more, after ${counted(documents, "odd one")}`);
  });
}
