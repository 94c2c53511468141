import type { Clock } from "@forewarn/sdk";
import type { ImdsErrorCode } from "@forewarn/imds";
import type { ImdsEndpoint, Telemetry } from "../telemetry.ts";

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
  /** The class of the last bad answer, while there is no good one after it. */
  readonly code: ImdsErrorCode | null;
  /** What the last bad answer was, while there is no good one after it. */
  readonly message: string | null;
  /** The endpoints that have given bad answers. */
  readonly badAnswers: Readonly<Partial<Record<ImdsEndpoint, BadAnswers>>>;
  /** Documents of scheduled events in which an entry could not be read. */
  readonly partialDocuments: number;
  /** How many the last good answer named. */
  readonly scheduledEvents: number | null;
}

/** The bad answers of one endpoint since the agent was made. */
export interface BadAnswers {
  /** Since its last good answer. */
  readonly inARow: number;
  /** All of them, by what was wrong. */
  readonly byClass: Readonly<Partial<Record<ImdsErrorCode, number>>>;
}

/** How the state directory is. */
export interface StateHealth {
  /** Why events are not stored on disk now; null where they are. */
  readonly trouble: string | null;
  /** What was wrong with a file that was made anew. */
  readonly damage: string | null;
}

const noneBad = { failures: 0, code: null, message: null };

/** Watches IMDS and the state directory; `recentMs` is how old a good answer may be. */
export function watchAgent(options: {
  readonly telemetry: Telemetry;
  readonly clock: Clock;
  readonly recentMs: number;
}): AgentHealth {
  const { telemetry, clock, recentMs } = options;
  let good = { wall: null as number | null, monotonic: clock.monotonic() };
  let bad: Pick<ImdsHealth, "code" | "failures" | "message"> = noneBad;
  const badAnswers: Partial<Record<ImdsEndpoint, BadAnswers>> = {};
  let partialDocuments = 0;
  let scheduledEvents: number | null = null;
  let memoryOnly: string | null = null;
  let notStored: string | null = null;
  let damage: string | null = null;
  let failure: string | null = null;

  telemetry.on("polled", ({ events, partial }) => {
    good = { wall: clock.now(), monotonic: clock.monotonic() };
    bad = noneBad;
    scheduledEvents = events;
    if (partial) partialDocuments++;
  });
  telemetry.on("pollFailed", ({ failures, code, message }) => void (bad = { failures, code, message }));
  telemetry.on("answerFailed", ({ endpoint, code, failures }) => {
    const byClass = badAnswers[endpoint]?.byClass ?? {};
    badAnswers[endpoint] = {
      inARow: failures,
      byClass: { ...byClass, [code]: (byClass[code] ?? 0) + 1 },
    };
  });
  telemetry.on("answersRecovered", ({ endpoint }) => {
    badAnswers[endpoint] = { byClass: {}, ...badAnswers[endpoint], inARow: 0 };
  });
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
    imds: () => ({
      state: imdsState(),
      lastGoodPoll: good.wall,
      ...bad,
      scheduledEvents,
      badAnswers: { ...badAnswers },
      partialDocuments,
    }),
    state: () => ({ trouble: notStored ?? memoryOnly, damage }),
    failure: () => failure,
  };
}
