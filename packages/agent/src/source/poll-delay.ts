import { isImdsError } from "@forewarn/imds";

const capMs = 5000;
const needsPersonMs = 30_000;
/** So many refusals in a row may be a hiccup: an agent that is updated, a rule that is written anew. */
const hiccups = 4;
/** After a 5xx (Azure docs: Instance Metadata Service, "Errors and debugging"; Entra docs, "Retry guidance": "at least 1 second"). */
const afterServerErrorMs = 1000;
/** What a `Retry-After` may ask for at most. */
const longestAskedMs = 10_000;
const needsPerson: ReadonlySet<string> = new Set([
  "bad-request",
  "unauthorized",
  "forbidden",
  "method-not-allowed",
  "misdirected",
]);

/**
 * How long to wait before IMDS is asked again after `failures` bad answers in a row. What may pass by itself is asked
 * again soon and for ever, since a spot eviction is 30 s ahead: from the poll interval doubled up to 5 s, with jitter,
 * so that a fleet does not ask at once, but never sooner than a `Retry-After` of up to 10 s, nor within a second of a
 * 5xx. So a 410, which may last for 70 s, and a 404 while IMDS is updated are outlived by far. What needs a person (a denied process, a refused request) is the same at first, and from the fifth
 * refusal in a row every 30 s.
 */
export function pollDelay(
  error: unknown,
  failures: number,
  pollIntervalMs: number,
  random: () => number,
): number {
  if (failures > hiccups && isImdsError(error) && needsPerson.has(error.code)) return needsPersonMs;
  const delay = Math.max(pollIntervalMs, Math.min(capMs, pollIntervalMs * 2 ** (failures - 1)));
  return Math.max(Math.round(delay * (0.75 + random() / 2)), leastOf(error));
}

function leastOf(error: unknown): number {
  if (!isImdsError(error)) return 0;
  const asked = Math.min(error.retryAfterMs ?? 0, longestAskedMs);
  return error.code === "server-error" ? Math.max(asked, afterServerErrorMs) : asked;
}
