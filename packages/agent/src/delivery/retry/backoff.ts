const baseMs = 500;
const capMs = 60_000;
const urgentCapMs = 1000;
const probeCapMs = 15 * 60_000;

/** Full jitter, so that a fleet does not return at once: a random wait up to 500 ms × 2^(failures − 1), at most 60 s. */
export function backoff(failures: number, random: () => number): number {
  return jittered(failures, random, capMs);
}

/** The same for a batch with an urgent event: at most 1 s. */
export function urgentBackoff(failures: number, random: () => number): number {
  return jittered(failures, random, urgentCapMs);
}

/** The same for a parked event: at most 15 min, since others get through meanwhile. */
export function parkedBackoff(failures: number, random: () => number): number {
  return jittered(failures, random, probeCapMs);
}

/** The wait before a paused sink is probed again: 30 s, doubled each time, at most 15 min. */
export function probeDelay(probes: number): number {
  return Math.min(probeCapMs, 30_000 * 2 ** probes);
}

function jittered(failures: number, random: () => number, most: number): number {
  return Math.round(random() * Math.min(most, baseMs * 2 ** (failures - 1)));
}
