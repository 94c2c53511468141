import type { LinkFilter } from "../emulator-api.ts";
import type { Peer } from "./peer.ts";
import { completed } from "./service-error.ts";
import type { ServiceError } from "./service-error.ts";

/** The connected clients. */
export interface Peers extends Iterable<Peer> {
  readonly size: number;
  /** Keeps a peer until its socket is closed. */
  add(peer: Peer): void;
  /** Looks again at what each may do. */
  reauthorize(): void;
  /** Detaches links with an error; returns how many. */
  detach(error: ServiceError, filter: LinkFilter): number;
  /** Closes every connection with an error; returns how many. */
  close(error: ServiceError): number;
  /** Destroys every socket; returns how many. */
  drop(): number;
}

/** No clients. */
export function createPeers(): Peers {
  const peers = new Set<Peer>();
  const forEach = (act: (peer: Peer) => void) => {
    const all = [...peers];
    for (const peer of all) act(peer);
    return all.length;
  };
  return {
    get size() {
      return peers.size;
    },
    [Symbol.iterator]: () => peers[Symbol.iterator](),
    add(peer) {
      peers.add(peer);
      void peer.closed.then(() => peers.delete(peer));
    },
    reauthorize: () => void forEach((peer) => peer.reauthorize()),
    detach(error, filter) {
      const found = [...peers].flatMap((peer) =>
        [...peer.links].flatMap(([link, { hub, role }]) => (fits(filter, hub, role) ? [{ peer, link }] : [])),
      );
      for (const { peer, link } of found) peer.detach(link, completed(error));
      return found.length;
    },
    close: (error) => forEach((peer) => peer.close(completed(error))),
    drop: () => forEach((peer) => peer.drop()),
  };
}

function fits(filter: LinkFilter, hub: string, role: "sender" | "receiver"): boolean {
  if (filter.hub !== undefined && filter.hub.toLowerCase() !== hub.toLowerCase()) return false;
  return filter.role === undefined || filter.role === role;
}
