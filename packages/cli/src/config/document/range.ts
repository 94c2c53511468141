/** Characters of the source, `end` not included. */
export interface Range {
  readonly start: number;
  readonly end: number;
}
