import {
  type DeliveryError,
  MisconfiguredError,
  RejectError,
  RetryError,
  formatDuration,
} from "@forewarn/sdk";
import type { Destination } from "./destination.ts";
import { type LeafError, cleaned, leavesOf } from "./leaf-error.ts";
import { type Problem, problemOf } from "./problem.ts";

/** Whether a link was being opened, when no event can have been refused, or events were being sent. */
export type Stage = "opening" | "sending";

/**
 * The error to throw for whatever the SDK threw, by the table in the README: what needs a person first, then what is
 * wrong with the events, then what passes. The original is not kept as its cause: the SDK's errors may quote secrets.
 */
export function failureOf(error: unknown, destination: Destination, stage: Stage): DeliveryError {
  const leaves = leavesOf(error);
  const ours = leaves.find(({ code }) => code?.startsWith("FOREWARN_") === true);
  if (ours !== undefined) return ours.error as DeliveryError;
  const problems = leaves.map((leaf) => ({ leaf, problem: problemOf(leaf, destination) }));
  const worst = problems.toSorted((a, b) => rankOf(a.problem) - rankOf(b.problem))[0];
  const { leaf, problem } = worst ?? { leaf: leaves[0] as LeafError, problem: {} };
  return errorOf(leaf, problem, destination, stage);
}

function rankOf({ person, rejects, retryAfterMs }: Problem): number {
  if (person !== undefined) return 0;
  return rejects === true ? 1 : retryAfterMs === undefined ? 3 : 2;
}

function errorOf(leaf: LeafError, problem: Problem, destination: Destination, stage: Stage): DeliveryError {
  const { host, eventHub, secrets } = destination;
  const said = cleaned(leaf.message, secrets);
  const details = { excerpt: said, ...(leaf.code === undefined ? {} : { status: leaf.code }) };
  const { person, rejects, retryAfterMs } = problem;
  if (person !== undefined) return new MisconfiguredError(`${person} (${said})`, details);
  const where = `${host}/${eventHub}`;
  if (rejects === true) {
    return stage === "sending"
      ? new RejectError(`${where} refused the events: ${said}`, details)
      : new MisconfiguredError(`${where} refused the link: ${said}`, details);
  }
  if (retryAfterMs !== undefined) {
    const wait = `it is busy, which is ${formatDuration(retryAfterMs)} to wait`;
    return new RetryError(`${where} took nothing: ${wait} (${said})`, { ...details, retryAfterMs });
  }
  const what = stage === "sending" ? "did not take the events" : "cannot be reached";
  return new RetryError(`${where} ${what}: ${said}`, details);
}

/** The error to throw where the agent's signal has aborted. */
export function abortedFailure({ host, eventHub }: Destination, stage: Stage): DeliveryError {
  const what = stage === "sending" ? "has not said whether it took the events" : "has not opened a link";
  return new RetryError(`${host}/${eventHub} ${what} before the time was up`);
}
