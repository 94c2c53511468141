/** An event in its partition: the bytes as they came, and its place. */
export interface StoredEvent {
  /** The complete encoded message, without the annotations of the broker. */
  readonly raw: Buffer;
  readonly sequenceNumber: number;
  /** Bytes of all events before it in this partition. */
  readonly offset: number;
  /** Milliseconds since 1970. */
  readonly enqueuedAt: number;
  readonly partitionKey: string | undefined;
}
