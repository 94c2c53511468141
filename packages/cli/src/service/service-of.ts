import { type Agent, systemClock } from "@forewarn/agent";
import type { Logger } from "@forewarn/sdk";
import type { Settings } from "../config/settings.ts";
import type { Service } from "./service.ts";

/** Nobody is told anything. */
const alone: Service = { started() {}, reloading() {}, reloaded() {}, stopping() {} };

/** The first answer may take so long (docs of `scheduledEventsTimeoutMs`), and any after a day without one. */
const longestAnswerMs = 130_000;
/** The wait between two polls where a person is needed, and what else may hold one up. */
const longestWaitMs = 30_000;
const allowanceMs = 15_000;

/**
 * The service manager that has started this process: systemd where NOTIFY_SOCKET names its socket, else none, for which
 * nothing is loaded and nothing runs.
 */
export async function serviceOf(
  { telemetry }: Pick<Agent, "telemetry">,
  { imds }: Pick<Settings, "imds">,
  { env, log }: { readonly env: Readonly<Record<string, string | undefined>>; readonly log: Logger },
): Promise<Service> {
  const { NOTIFY_SOCKET, PATH } = env;
  if (NOTIFY_SOCKET === undefined || NOTIFY_SOCKET === "") return alone;
  const [{ createService }, { createSendNotification }] = await Promise.all([
    import("./service.ts"),
    import("./send-notification.ts"),
  ]);
  return createService({
    telemetry,
    clock: systemClock,
    log,
    send: createSendNotification({ NOTIFY_SOCKET, PATH }),
    watchdogMs: watchdogMs(env, log),
    monotonicUs: () => process.hrtime.bigint() / 1000n,
    pollPatienceMs:
      Math.max(imds.requestTimeoutMs, longestAnswerMs) +
      Math.max(imds.pollIntervalMs * 1.25, longestWaitMs) +
      allowanceMs,
  });
}

/** What sd_watchdog_enabled(3) says: null where no sign of life is wanted of this process. */
function watchdogMs(
  { WATCHDOG_USEC, WATCHDOG_PID }: Readonly<Record<string, string | undefined>>,
  log: Logger,
): number | null {
  const ms = Number(WATCHDOG_USEC ?? 0) / 1000;
  if (!(ms > 0 && Number.isFinite(ms))) return null;
  if (WATCHDOG_PID === undefined || Number(WATCHDOG_PID) === process.pid) return ms;
  log.warn(
    "systemd wants a sign of life of another process than this one (WATCHDOG_PID) and will end the unit: name forewarn itself in ExecStart, not npx or a script",
  );
  return null;
}
