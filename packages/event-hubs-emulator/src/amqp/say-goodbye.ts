import { setTimeout } from "node:timers/promises";

import type { Peer } from "./peer.ts";
import type { ServiceError } from "./service-error.ts";

/** A client on this machine answers within a millisecond. */
const PATIENCE_MS = 250;

/**
 * Closes the connections and waits a moment for the clients' answers: one whose socket vanishes while it closes its own
 * end waits a minute for what will not come (@azure/event-hubs 6.0.4).
 */
export async function sayGoodbye(peers: Iterable<Peer>, error: ServiceError): Promise<void> {
  const talking = [...peers].filter(({ connection }) => connection.is_open());
  if (talking.length === 0) return;
  for (const peer of talking) peer.close(error);
  const patience = new AbortController();
  const { signal } = patience;
  await Promise.race([
    Promise.all(talking.map(({ closed }) => closed)),
    setTimeout(PATIENCE_MS, undefined, { signal }).catch(() => {}),
  ]);
  patience.abort();
}
