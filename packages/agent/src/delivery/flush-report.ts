/** What a flush of one sink has delivered and left; what is left is on disk. */
export interface FlushReport {
  readonly sink: string;
  readonly delivered: number;
  readonly left: number;
}
