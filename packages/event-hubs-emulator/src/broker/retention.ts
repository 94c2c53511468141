/** How much each partition keeps; the oldest events go first, and the newest one always stays. */
export interface Retention {
  readonly events: number;
  /** Bytes of encoded events. */
  readonly bytes: number;
}

/** Enough for a test to look at everything; at 1 KB per event 10 MB per partition. */
export const defaultRetention: Retention = { events: 10_000, bytes: 32 * 1024 * 1024 };
