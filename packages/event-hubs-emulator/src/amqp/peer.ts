import type { Connection, Receiver, Sender } from "rhea";

import type { Claims } from "../access/claims.ts";
import type { Right } from "../access/right.ts";
import type { ServiceError } from "./service-error.ts";

/** An open link between a client and a hub. */
export interface HubLink {
  readonly hub: string;
  /** The client's role. */
  readonly role: "sender" | "receiver";
  /** The segments of its address, in lower case. */
  readonly path: readonly string[];
  readonly right: Right;
  /** When a client last sent over it, in ms since 1970; absent where that does not count. */
  readonly usedAt?: () => number;
  /** Lets go of what the link held; called once, when it is over for whatever reason. */
  readonly end?: () => void;
}

/** One connected client. */
export interface Peer {
  readonly connection: Connection;
  readonly claims: Claims;
  readonly links: ReadonlyMap<Sender | Receiver, HubLink>;
  /** Since when it has had no link to a hub and made no request, in ms since 1970. */
  readonly idleSince: number | undefined;
  /** Says that the peer made a request. */
  touch(): void;
  /** Keeps a link until it is over. */
  addLink(link: Sender | Receiver, hubLink: HubLink): void;
  /** Detaches a link with an error; what is still in flight to it gets no answer. */
  detach(link: Sender | Receiver, error: ServiceError): void;
  /** A resource URI for errors: the host that the client asked for, and a path. */
  resource(path: string): string;
  /** Calls back after so many milliseconds unless the connection is over by then. */
  later(ms: number, callback: () => void): void;
  /** Detaches the links that no token opens any more, and looks again when the next token expires. */
  reauthorize(): void;
  close(error: ServiceError): void;
  /** Resolves when the socket is closed. */
  readonly closed: Promise<void>;
  /** Destroys the socket. */
  drop(): void;
}
