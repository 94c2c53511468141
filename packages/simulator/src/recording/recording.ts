/** A recording file: what one VM's IMDS answered over time. */
export interface Recording {
  /** The version of this format. */
  readonly recording: 1;
  /** When it began: RFC 3339, UTC. */
  readonly recordedAt: string;
  /** How long was recorded. */
  readonly seconds: number;
  /** Which IMDS was asked. */
  readonly endpoint: string;
  /** Whether user data, public keys and attested documents were replaced; tokens always are. */
  readonly redacted: boolean;
  /** By target, such as `/metadata/scheduledevents?api-version=2020-07-01`, oldest first. */
  readonly answers: Readonly<Record<string, readonly RecordedAnswer[]>>;
}

/** An answer that was another one than the one before. */
export interface RecordedAnswer {
  /** Seconds from the recording's start at which it was first seen. */
  readonly at: number;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** The answer's JSON, secrets replaced. */
  readonly body?: unknown;
  /** The answer's text where it is no JSON. */
  readonly text?: string;
  /** In place of a status: no answer came. */
  readonly failure?: "connection-lost" | "refused" | "timeout";
  /** Milliseconds until it was read, from 1000 on. */
  readonly tookMs?: number;
}
