import type { Static, TObject } from "typebox";
import type { Clock } from "./clock.ts";
import type { ForewarnEvent } from "./events.ts";
import type { When } from "./when.ts";

/** The version of this contract; the agent refuses a sink made for another one, and says what to install. */
export const apiVersion = 1;

/** Events that travel together to one sink, oldest first; frozen. A retry carries the same id and the same events. */
export interface Batch {
  /** A hash of the sink's name and the events' ids: the same for each attempt, also after a restart. */
  readonly id: string;
  /** 1 for the first attempt of this process, then 2, 3, … */
  readonly attempt: number;
  /** The events, parsed when first read. */
  readonly events: readonly ForewarnEvent[];
  /** Each event as the JSON text that is kept on disk, one line, in the same order: forward this and nothing is parsed. */
  readonly encoded: readonly string[];
  /** Set where the deadline of an event of this batch has passed. */
  readonly late?: true;
  /** Set where an event of this batch stands only in memory, since the state directory cannot be written. */
  readonly durable?: false;
  /** Set where a person replayed these events from the dead letters. */
  readonly replayed?: true;
}

/** An open destination. The agent never calls two methods of it at once, unless `concurrency` above 1 asks for it. */
export interface Sink {
  /**
   * Brings a batch to the destination and resolves only when it has it. Throwing decides what follows: `RejectError`,
   * `MisconfiguredError`, `PartialDeliveryError`, or `RetryError` like anything else = try again.
   *
   * Not needed here: locks, timers, queues, retries, logging of failures. `signal` aborts when the time is up; pass
   * it on to whatever waits.
   */
  deliver(batch: Batch, options: { readonly signal: AbortSignal }): Promise<void>;
  /** Checks that the destination would take events, without sending one; throws as `deliver` does. */
  probe?(signal: AbortSignal): Promise<void>;
  /** Releases what `open` took; called once, after the last delivery. */
  close?(): Promise<void>;
}

/** How many events a batch may hold, how many bytes of JSON, and how long it may wait to fill. */
export interface BatchLimits {
  readonly maxEvents?: number;
  /** With a unit: `256kB`. An event larger than this travels alone. */
  readonly maxBytes?: string;
  /** With a unit: `200ms`. How long the first event of a batch waits for others. */
  readonly linger?: string;
}

/** A logger whose output goes to the agent's log, with the sink's name and with every secret redacted. */
export interface Logger {
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void;
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** What may be sent with a {@link RequestFunction}. */
export interface RequestOptions {
  readonly method?: "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly signal?: AbortSignal;
}

/**
 * An HTTP answer; its body must be read or dumped, so that the connection can be used again. `text` reads at most the
 * first 64 kB, and closes the connection of a longer one.
 */
export interface Response {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: { text(): Promise<string>; dump(): Promise<void> };
}

/**
 * Sends one HTTP request over the agent's pool: never follows a redirect, refuses link-local addresses and Azure's
 * wire server on the connected address, and throws `RetryError` or `MisconfiguredError` where no answer came.
 */
export type RequestFunction = (url: string | URL, options?: RequestOptions) => Promise<Response>;

/** What the agent lends a sink. */
export interface SinkContext<Options = unknown> {
  /** The sink's name in the configuration. */
  readonly name: string;
  readonly options: Options;
  readonly log: Logger;
  readonly clock: Clock;
  readonly request: RequestFunction;
  /** The same rules as `request`, in the shape of the global `fetch`, for vendors' libraries. */
  readonly fetch: typeof fetch;
  /**
   * The proxy that `request` and `fetch` go through for this URL, from the sink's `proxy` or from HTTPS_PROXY, HTTP_PROXY
   * and NO_PROXY; undefined where they connect directly. For vendors' libraries that connect by themselves.
   */
  proxyFor(url: string | URL): URL | undefined;
  /** A token of the VM's managed identity for an Azure resource, from IMDS, cached. */
  azureToken(
    resource: string,
    options?: { readonly clientId?: string },
  ): Promise<{
    readonly token: string;
    /** Epoch milliseconds. */
    readonly expiresOn: number;
  }>;
}

/** A kind of destination, as {@link defineSink} returns it. */
export interface SinkDefinition<Options extends TObject = TObject> {
  readonly apiVersion: typeof apiVersion;
  /** The `type` in a configuration: the last part of the package's name. */
  readonly type: string;
  /** One sentence: what it does with an event. */
  readonly summary: string;
  /** The declaration of the options: types, validation, defaults, documentation and redaction come from it. */
  readonly options: Options;
  readonly batch?: BatchLimits | ((options: Static<Options>) => BatchLimits);
  /** Deliveries under way at once, default 1; events of one key (`subject`, else `type`) never overtake each other. */
  readonly concurrency?: number | ((options: Static<Options>) => number);
  /** `order`: urgent events pass the backlog, but no delivery is ever shortened or aborted for them. */
  readonly urgency?: "pass" | "order";
  /** What this sink wants where the configuration says nothing; the user's `when` is laid over it key by key. */
  readonly when?: When;
  /**
   * Throws a `MisconfiguredError` that begins with `option NAME: ` where options that are valid each cannot work. Pure and
   * quick: a configuration is refused for it before anything runs. `open` must refuse the same. `checkAll` says several
   * things at once.
   */
  check?(options: Static<Options>): void;
  /** Takes what delivery needs. Called again after a failure; must not wait for the destination to be up. */
  open(options: Static<Options>, context: SinkContext<Static<Options>>): Sink | Promise<Sink>;
}

/** A sink definition of any options; `open` takes only options that its own schema has validated. */
export type AnySinkDefinition = Omit<SinkDefinition, "batch" | "concurrency" | "check" | "open"> & {
  readonly batch?: BatchLimits | ((options: never) => BatchLimits);
  readonly concurrency?: number | ((options: never) => number);
  check?(options: never): void;
  open(options: never, context: never): Sink | Promise<Sink>;
};

/** The smallest sink: a module whose default export is called with each event, in order. */
export type EventFunction<Options = Readonly<Record<string, unknown>>> = (
  event: ForewarnEvent,
  context: SinkContext<Options> & { readonly signal: AbortSignal },
) => Promise<void> | void;

const brand = Symbol.for("forewarn.sink");

/** Declares a sink; the result is the whole of a sink package's public face. */
export function defineSink<Options extends TObject>(
  definition: Omit<SinkDefinition<Options>, "apiVersion">,
): SinkDefinition<Options> {
  return Object.freeze({ ...definition, apiVersion, [brand]: true } as const);
}

/** Whether a value was made by {@link defineSink}, in this copy of the package or another. */
export function isSinkDefinition(value: unknown): value is AnySinkDefinition {
  return typeof value === "object" && value !== null && brand in value;
}
