/** The largest DocumentIncarnation that may be asked for: far beyond Azure's, and one more is still another number. */
export const MOST_INCARNATION = 1_000_000_000_000;
