/** What a sink has not got yet. */
export interface Backlog {
  /** Exact for what was read; what was not read yet, beyond some thousands, counts wanted or not. */
  readonly events: number;
  /** When the oldest of them was observed, epoch milliseconds; null where there is none. */
  readonly oldest: number | null;
}
