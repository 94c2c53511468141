import type { AnySinkDefinition, ForewarnEvent, SinkContext } from "@forewarn/sdk";

/** A way in which a destination treats what comes, without anything more to say. */
export type PlainBehaviour =
  /** Takes everything; what a new other end does. */
  | "accept"
  /** Refuses the events for good: HTTP 400, exit code 1. */
  | "reject"
  /** Fails in a way that passes: HTTP 503, `server-busy`, exit code 75, a full disk. */
  | "retry"
  /** Refuses the sink, not the events, until a person acts: HTTP 401, a wrong key, no permission. */
  | "misconfigured"
  /** Gets the delivery and breaks the connection before a byte of an answer. */
  | "reset-before-answer"
  /** Takes the events, begins to say yes (the head of an HTTP 200, which promises a body) and breaks the connection. */
  | "reset-in-acceptance"
  /** Begins to say "not now" (the head of an HTTP 503, which promises a body) and breaks the connection. */
  | "reset-in-refusal"
  /** Gets the delivery and never answers. */
  | "hang"
  /** Is not there: nobody listens. `accept` brings it back at the same address. */
  | "down";

/** How the other end treats every delivery from now on; each harness maps it to its own wire. */
export type Behaviour =
  | { readonly kind: PlainBehaviour }
  /** Asks for a pause; `retryAfter` is the text of an HTTP Retry-After: seconds, a date, nonsense, or a huge number. */
  | { readonly kind: "throttle"; readonly retryAfter: string }
  /** Refuses for good whatever holds this event, and takes everything else. */
  | { readonly kind: "refuse-one"; readonly event: ForewarnEvent };

/** An event as the other end has it. */
export interface ReceivedEvent {
  /**
   * The CloudEvents `id`. Where the wire does not carry it, such as a message for people, leave it out and give `subject`
   * and `type`: the kit finds the event that was sent by all attributes that are given, and no two of one case share them.
   */
  readonly id?: string;
  readonly source?: string;
  readonly subject?: string;
  readonly type?: string;
  /** The whole event, parsed, where the wire carries it: it is compared with what was sent. */
  readonly event?: unknown;
}

/** The real destination, on loopback: an HTTP server, a broker, a directory, a program. */
export interface OtherEnd {
  /** Valid options of the sink, which point here; defaults may be left out. */
  readonly options: Readonly<Record<string, unknown>>;
  /**
   * Parts of secret options that alone are secret too, such as the key in a connection string. The values of options
   * that are declared as `Secret` are known without being listed.
   */
  readonly secrets?: readonly string[];
  /** Replaces the kit's token, which says only that it is one, where the destination checks it. */
  readonly azureToken?: SinkContext["azureToken"];
  /** What it has taken, in order of arrival, duplicates included; nothing that it refused. */
  received(): Promise<readonly ReceivedEvent[]> | readonly ReceivedEvent[];
  /** How many deliveries have reached it so far, whatever became of them; `hang` needs it. */
  attempts?(): number;
  /** Changes what happens to deliveries from now on; those that hang stay as they are. */
  behave(behaviour: Behaviour): Promise<void> | void;
  /** Ends it, also with deliveries that hang. */
  close(): Promise<void>;
}

/** What cases need beyond a destination that takes events, and what each means: the other end's behaviours, the sink's habits. */
export const capabilities = {
  reject: "the destination refuses events for good",
  retry: "the destination fails in a way that passes",
  misconfigured: "the destination refuses the sink until a person acts",
  throttle: "the destination says when to come back",
  partial: "the destination refuses one event and takes others",
  reset: "the connection breaks before an answer",
  "reset-in-answer": "the connection breaks within an answer",
  hang: "the destination never answers",
  down: "the destination is not there",
  "big-events": "the destination takes an event of 64 kB",
  "own-retries": "the sink leaves trying again to the agent",
  "secret-names": "options whose names smell of secrets are secrets",
  "closed-options": "unknown options are refused",
  readme: "a README shows the options",
} as const;

/** One of {@link capabilities}. */
export type Capability = keyof typeof capabilities;

/** How the kit gets at a sink and its destination. */
export interface Harness {
  readonly definition: AnySinkDefinition;
  /** Starts a new other end; called for each case, and closed after it. */
  start(): Promise<OtherEnd> | OtherEnd;
  /** The README whose options table is checked, between `<!-- options -->` and `<!-- /options -->`. */
  readonly readme?: URL | string;
  /** What this sink or its destination does not know, each with the reason, which stands in the report. */
  readonly without?: Readonly<Partial<Record<Capability, string>>>;
  /** How much faster than real time the sink's clock runs, for sinks that pace themselves. Default 1. */
  readonly timeScale?: number;
  /** How long a call may take where the destination answers at once. Default 10 s. */
  readonly patienceMs?: number;
}
