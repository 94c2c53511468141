/** What a flush of one sink has delivered and left. */
export interface FlushReport {
  readonly sink: string;
  readonly delivered: number;
  readonly left: number;
}
