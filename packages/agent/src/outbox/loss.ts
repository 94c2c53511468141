/** What could not be brought to disk to the end. */
export interface Loss {
  /** How many events stood only in memory, whoever has them. */
  readonly events: number;
  /** Why they could not be written. */
  readonly message: string;
}
