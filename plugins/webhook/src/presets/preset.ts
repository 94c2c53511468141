import type { ForewarnEvent } from "@forewarn/sdk";

/** One request to a service, without what belongs to every request. */
export interface PresetRequest {
  /** Where to, if not to the sink's URL. */
  readonly url?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What a preset may need of the sink's options. */
export interface PresetOptions {
  readonly url: string;
  readonly routingKey?: string;
  readonly apiKey?: string;
}

/** How to speak to one service that does not know CloudEvents. */
export interface Preset {
  /** Where the service is, where that is the same for everybody. */
  readonly url?: string;
  /** The option that holds the service's key, where it is not part of the URL. */
  readonly key?: "routingKey" | "apiKey";
  /** Deliveries at once: 1 where people read the messages in order. */
  readonly concurrency: number;
  /** The request for an event; undefined where the service has no use for it. Pure. */
  request(event: ForewarnEvent, options: PresetOptions): PresetRequest | undefined;
  /** Why an answer that looks like a refused event (400, 422) means that the sink needs a person; undefined where it does not. */
  misconfigured?(answer: string): string | undefined;
}

/** A JSON body with its header. */
export function json(body: unknown): PresetRequest {
  return { headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
}
