import { isImdsError } from "@forewarn/imds";

const capMs = 5000;
const needsPersonMs = 30_000;
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
 * so that a fleet does not ask at once. What needs a person (a denied process, a refused request): 30 s.
 */
export function pollDelay(
  error: unknown,
  failures: number,
  pollIntervalMs: number,
  random: () => number,
): number {
  if (isImdsError(error) && needsPerson.has(error.code)) return needsPersonMs;
  const delay = Math.max(pollIntervalMs, Math.min(capMs, pollIntervalMs * 2 ** (failures - 1)));
  return Math.round(delay * (0.75 + random() / 2));
}
