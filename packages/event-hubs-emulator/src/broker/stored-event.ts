/** An event in its partition: where its bytes are, and its place. */
export interface StoredEvent {
  /** The transfer with which it came; it holds the complete encoded message, without the annotations of the broker. */
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
  readonly sequenceNumber: number;
  /** Bytes of all events before it in this partition. */
  readonly offset: number;
  /** Milliseconds since 1970. */
  readonly enqueuedAt: number;
  readonly partitionKey: string | undefined;
}

/** The complete encoded message of an event; not a copy. */
export function rawOf({ bytes, start, end }: StoredEvent): Buffer {
  return bytes.subarray(start, end);
}
