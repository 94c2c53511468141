import type { Clock } from "@forewarn/sdk";
import type { Telemetry } from "../telemetry.ts";

/** What was seen of IMDS and of the state directory since the agent was made; times in epoch milliseconds. */
export interface AgentHealth {
  imds(): ImdsHealth;
  state(): StateHealth;
  /** Why polling or delivery has ended for good; null while they go on. */
  failure(): string | null;
}

/** How IMDS is: `waiting` for its first answer, `failing` for a while, `unreachable` for longer than is usual. */
export interface ImdsHealth {
  readonly state: "waiting" | "answering" | "failing" | "unreachable";
  readonly lastGoodPoll: number | null;
  /** Bad answers in a row. */
  readonly failures: number;
  /** What the last bad answer was, while there is no good one after it. */
  readonly message: string | null;
  /** How many the last good answer named. */
  readonly scheduledEvents: number | null;
}

/** How the state directory is. */
export interface StateHealth {
  /** Why events are not stored on disk now; null where they are. */
  readonly trouble: string | null;
  /** What was wrong with a file that was made anew. */
  readonly damage: string | null;
}

/** Watches IMDS and the state directory; `recentMs` is how old a good answer may be. */
export function watchAgent(options: {
  readonly telemetry: Telemetry;
  readonly clock: Clock;
  readonly recentMs: number;
}): AgentHealth {
  const { telemetry, clock, recentMs } = options;
  let good = { wall: null as number | null, monotonic: clock.monotonic() };
  let bad = { failures: 0, message: null as string | null };
  let scheduledEvents: number | null = null;
  let memoryOnly: string | null = null;
  let notStored: string | null = null;
  let damage: string | null = null;
  let failure: string | null = null;

  telemetry.on("polled", ({ events }) => {
    good = { wall: clock.now(), monotonic: clock.monotonic() };
    bad = { failures: 0, message: null };
    scheduledEvents = events;
  });
  telemetry.on("pollFailed", ({ failures, message }) => void (bad = { failures, message }));
  telemetry.on("degraded", ({ reason, message }) => {
    if (reason === "disk") memoryOnly = message;
    else damage = message;
  });
  telemetry.on("restored", () => void (memoryOnly = null));
  telemetry.on("stateFailed", ({ doing, message }) => {
    if (doing === "storing events") notStored = message;
  });
  telemetry.on("stateRecovered", () => void (notStored = null));
  telemetry.on("failed", ({ error }) => {
    failure = error instanceof Error ? error.message : String(error);
  });

  function imdsState(): ImdsHealth["state"] {
    if (clock.monotonic() - good.monotonic > recentMs) return "unreachable";
    if (bad.failures > 0) return "failing";
    return good.wall === null ? "waiting" : "answering";
  }

  return {
    imds: () => ({ state: imdsState(), lastGoodPoll: good.wall, ...bad, scheduledEvents }),
    state: () => ({ trouble: notStored ?? memoryOnly, damage }),
    failure: () => failure,
  };
}
