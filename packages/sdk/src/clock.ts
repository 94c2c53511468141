/** Time as the agent sees it; tests own it, so nothing in the pipeline reads `Date` or sets a timer by itself. */
export interface Clock {
  /** Wall clock, milliseconds since the Unix epoch; may jump. Use it for timestamps only. */
  now(): number;
  /** Milliseconds that never go back; its zero has no meaning. Use it for every duration. */
  monotonic(): number;
  /** Resolves after `ms` milliseconds, or at once when `signal` aborts; it never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}
