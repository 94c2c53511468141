import type { Duplex } from "node:stream";
import type { Connection, Receiver, Sender, Session } from "rhea";

import type { Claims } from "../access/claims.ts";
import type { HubLink, Peer } from "./peer.ts";
import { endConnection, flush } from "./rhea.ts";
import { missingClaim } from "./service-error.ts";

/** The longest that a Node.js timer waits. */
const MAX_TIMER_MS = 2_147_483_647;

/** How long a client may take to answer a close. */
const CLOSE_MS = 1000;

/** A peer as the code that serves its connection needs it. */
export interface ServedPeer extends Peer {
  forget(link: Sender | Receiver): void;
  /** Forgets the links of a session, or all. */
  forgetAll(session?: Session): void;
}

/** The peer of a connection that has just been accepted. */
export function createPeer(
  connection: Connection,
  socket: Duplex,
  claims: Claims,
  now: () => number,
): ServedPeer {
  const links = new Map<Sender | Receiver, HubLink>();
  const timers = new Set<NodeJS.Timeout>();
  let expiry: NodeJS.Timeout | undefined;
  let ended = false;
  let usedAt = now();
  let over = false;
  const closed = Promise.withResolvers<void>();

  const self: ServedPeer = {
    connection,
    claims,
    links,
    get idleSince() {
      return links.size === 0 ? usedAt : undefined;
    },
    touch() {
      usedAt = now();
    },
    addLink: (link, hubLink) => void links.set(link, hubLink),
    forget(link) {
      const hubLink = links.get(link);
      if (links.delete(link)) self.touch();
      hubLink?.end?.();
    },
    forgetAll(session) {
      for (const link of links.keys())
        if (session === undefined || link.session === session) self.forget(link);
    },
    detach(link, error) {
      self.forget(link);
      link.close(error);
    },
    resource: (path) => `sb://${connection.hostname ?? "localhost"}/${path}`,
    later(ms, callback) {
      if (over) return;
      const timer = setTimeout(() => {
        timers.delete(timer);
        callback();
      }, ms);
      timers.add(timer);
    },
    reauthorize() {
      for (const [link, { path, right }] of links)
        if (!claims.allow(path, right))
          self.detach(
            link,
            missingClaim(right === "send" ? "Send" : "Listen", self.resource(path.join("/"))),
          );
      clearTimeout(expiry);
      const next = claims.nextExpiry() - now();
      if (!over && Number.isFinite(next)) expiry = setTimeout(self.reauthorize, Math.min(next, MAX_TIMER_MS));
    },
    close(error) {
      self.forgetAll();
      connection.close(error);
      flush(connection);
      // A client that does not answer the close is not waited for.
      self.later(CLOSE_MS, self.drop);
    },
    closed: closed.promise,
    drop: () => void socket.destroy(),
  };

  socket.once("end", () => (ended = true));
  socket.once("close", () => {
    over = true;
    for (const timer of timers) clearTimeout(timer);
    clearTimeout(expiry);
    self.forgetAll();
    if (!ended) endConnection(connection);
    closed.resolve();
  });
  return self;
}
