import type { Telemetry } from "@forewarn/agent";
import type { Clock, Logger } from "@forewarn/sdk";
import type { SendNotification } from "./send-notification.ts";

/** What a service manager is told of the agent's life; every call returns at once. */
export interface Service {
  /** The outbox is open, and IMDS is being asked. */
  started(): void;
  /** The configuration is being read again. */
  reloading(): void;
  /** Whatever came of it; `sinks` names those that there are now, where they may be others. */
  reloaded(sinks?: readonly string[]): void;
  /** The agent ends; nothing is told after that. */
  stopping(): void;
}

/** What a {@link Service} works with. */
export interface ServiceContext {
  readonly telemetry: Telemetry;
  readonly clock: Clock;
  readonly log: Pick<Logger, "error">;
  readonly send: SendNotification;
  /** Within which time systemd wants a sign of life; null where it does not. */
  readonly watchdogMs: number | null;
  /** CLOCK_MONOTONIC in microseconds. */
  readonly monotonicUs: () => bigint;
  /** How long a poll and the wait after it may take; a loop that is silent for longer is taken for dead. */
  readonly pollPatienceMs: number;
}

const statusEveryMs = 30_000;

/**
 * Tells systemd: `READY=1` when the agent has started, whatever IMDS answers and when: its first answer may take two
 * minutes; `WATCHDOG=1` twice within `watchdogMs` while polls go on; `STATUS=` with both, and where it changed.
 */
export function createService(context: ServiceContext): Service {
  const { telemetry, clock, log, watchdogMs, pollPatienceMs } = context;
  const over = new AbortController();
  const paused = new Set<string>();
  let azure = "asking IMDS for the first time";
  let told = "";
  let isReady = false;
  let lastPoll = clock.monotonic();
  let isSilent = false;

  function send(assignments: readonly string[]): void {
    if (over.signal.aborted) return;
    context.send(assignments).catch(({ message }: Error) => {
      // Once: systemd itself says the rest.
      if (!isSilent) log.error(`systemd cannot be told that the agent works: ${message}`);
      isSilent = true;
    });
  }

  function status(): readonly string[] {
    const pauses = paused.size === 0 ? "" : `; paused: ${[...paused].join(", ")}`;
    const now = `STATUS=${azure}${pauses}`;
    if (now === told) return [];
    told = now;
    return [now];
  }

  async function watch(): Promise<void> {
    const everyMs = watchdogMs === null ? statusEveryMs : watchdogMs / 2;
    for (;;) {
      await clock.sleep(everyMs, over.signal);
      if (over.signal.aborted) return;
      const isAlive = clock.monotonic() - lastPoll <= pollPatienceMs;
      const news = [...(watchdogMs !== null && isAlive ? ["WATCHDOG=1"] : []), ...status()];
      if (news.length > 0) send(news);
    }
  }

  function polled(result: string): void {
    lastPoll = clock.monotonic();
    azure = result;
  }

  telemetry.on("polled", ({ events }) => polled(`watching; ${events === 0 ? "nothing" : events} announced`));
  telemetry.on("pollFailed", ({ code }) => polled(`IMDS gives no good answer (${code}); asking again`));
  telemetry.on("sinkPaused", ({ sink }) => paused.add(sink));
  telemetry.on("sinkResumed", ({ sink }) => paused.delete(sink));
  telemetry.on("sinkStarted", ({ sink }) => paused.delete(sink));

  return {
    started() {
      isReady = true;
      lastPoll = clock.monotonic();
      send(["READY=1", ...status()]);
      void watch();
    },
    reloading() {
      if (isReady) send(["RELOADING=1", `MONOTONIC_USEC=${context.monotonicUs()}`]);
    },
    reloaded(sinks) {
      for (const name of paused) if (sinks?.includes(name) === false) paused.delete(name);
      if (isReady) send(["READY=1", ...status()]);
    },
    stopping() {
      send(["STOPPING=1", "STATUS=stopping"]);
      over.abort();
    },
  };
}
