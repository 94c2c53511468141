import type { Simulator } from "../simulator-api.ts";

/** An answer as a test looks at it; `json` is undefined when the body is no JSON. */
export interface Asked {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: unknown;
}

/** Asks a simulator in a test: `Metadata: true` unless `init` brings its own headers. */
export async function ask(
  simulator: Pick<Simulator, "url">,
  path: string,
  init: RequestInit = {},
): Promise<Asked> {
  const response = await fetch(simulator.url + path, { headers: { Metadata: "true" }, ...init });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: parsed(text) };
}

/** `/metadata/scheduledevents` at the current api-version. */
export const EVENTS = "/metadata/scheduledevents?api-version=2020-07-01";

/** The body of a StartRequests POST for these ids. */
export function approval(...ids: readonly string[]): RequestInit {
  const StartRequests = ids.map((EventId) => ({ EventId }));
  return { method: "POST", headers: { Metadata: "true" }, body: JSON.stringify({ StartRequests }) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
