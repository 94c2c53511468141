const baseMs = 500;
const capMs = 60_000;

/** Full jitter, so that a fleet does not return at once: a random wait up to 500 ms × 2^(failures − 1), at most 60 s. */
export function backoff(failures: number, random: () => number): number {
  return Math.round(random() * Math.min(capMs, baseMs * 2 ** (failures - 1)));
}

/** The wait before a paused sink is probed again: 30 s, doubled each time, at most 15 min. */
export function probeDelay(probes: number): number {
  return Math.min(15 * 60_000, 30_000 * 2 ** probes);
}
