import type { Duplex } from "node:stream";
import rhea from "rhea";
import type { ConnectionOptions, Receiver, Sender, Session } from "rhea";

import { createClaims } from "../access/claims.ts";
import { parseAddress } from "./address.ts";
import type { Broker } from "./broker.ts";
import { putToken } from "./cbs.ts";
import { readProperties } from "./management.ts";
import { createPeer } from "./create-peer.ts";
import type { Peer } from "./peer.ts";
import { openPublishLink } from "./publish-link.ts";
import { openReadLink } from "./read-link.ts";
import { openReplyLink, openRequestLink } from "./request-link.ts";
import { acceptSocket } from "./rhea.ts";
import { saslMechanisms } from "./sasl.ts";
import { entityNotFound } from "./service-error.ts";

/** What the emulator calls itself in AMQP's open frame. */
const PRODUCT = "Forewarn Event Hubs emulator, not Microsoft's";

/** Azure's frame size and idle time-out. */
const FRAME_SIZE = 65_536;
const IDLE_MS = 240_000;

/** Speaks AMQP with the client behind a socket until it is over. */
export function serveConnection(socket: Duplex, broker: Broker): Peer {
  const claims = createClaims(broker.now);
  // A container for each connection, so that the SASL exchange knows whose claims it grants.
  const container = rhea.create_container({ id: "forewarn-event-hubs-emulator" });
  container.sasl_server_mechanisms = saslMechanisms(broker.rules.keys, claims);
  const options = {
    max_frame_size: FRAME_SIZE,
    idle_time_out: IDLE_MS,
    properties: { product: PRODUCT },
    receiver_options: { autoaccept: false, credit_window: 0, max_message_size: broker.maxMessageSize },
  };
  // rhea's typings know only the options of clients.
  const connection = container.create_connection(options as unknown as ConnectionOptions);
  const peer = createPeer(connection, socket, claims, broker.now);

  container.on("receiver_open", ({ receiver }: { receiver: Receiver }) =>
    openReceiver(receiver, peer, broker),
  );
  container.on("sender_open", ({ sender }: { sender: Sender }) => openSender(sender, peer, broker));
  container.on("receiver_close", ({ receiver }: { receiver: Receiver }) => peer.forget(receiver));
  container.on("sender_close", ({ sender }: { sender: Sender }) => peer.forget(sender));
  container.on("session_close", ({ session }: { session: Session }) => peer.forgetAll(session));
  for (const event of ["connection_close", "protocol_error", "error"])
    container.on(event, () => peer.forgetAll());
  // rhea complains on the console of these if nobody listens; the events above and the socket's end say it too.
  for (const event of ["connection_error", "session_error", "disconnected"]) container.on(event, () => {});
  acceptSocket(connection, socket);
  return peer;
}

/** rhea names links by its own end: what it receives, the client sends. */
function openReceiver(link: Receiver, peer: Peer, broker: Broker): void {
  const address = parseAddress(link.target?.address);
  switch (address?.kind) {
    case "cbs":
      return openRequestLink(link, "put-token", peer, broker, (request) => putToken(request, peer, broker));
    case "management":
      return openRequestLink(link, "management", peer, broker, (request) =>
        readProperties(request, peer, broker),
      );
    case "hub":
      return openPublishLink(link, address, peer, broker);
    default:
      return link.close(entityNotFound(peer.resource(String(link.target?.address))));
  }
}

function openSender(link: Sender, peer: Peer, broker: Broker): void {
  const address = parseAddress(link.source?.address);
  switch (address?.kind) {
    case "cbs":
    case "management":
      return openReplyLink(link);
    case "reader":
      return openReadLink(link, address, peer, broker);
    default:
      return link.close(entityNotFound(peer.resource(String(link.source?.address))));
  }
}
