/** Why a sink is paused. */
export type PauseReason = "misconfigured" | "hung";

/** Why a sink cannot go on: what it said when it was opened or sent to, or that it refused one event after the other. */
export interface Illness {
  readonly reason: PauseReason;
  readonly cause: "opening" | "request" | "rejections";
  readonly message: string;
}
