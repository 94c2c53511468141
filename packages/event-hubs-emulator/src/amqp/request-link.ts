import type { Message, Receiver, Sender } from "rhea";

import type { Broker } from "./broker.ts";
import type { Peer } from "./peer.ts";
import { amqpTypes, heartbeat } from "./rhea.ts";
import { usualDescription } from "./service-error.ts";

/** The answer to a request. */
export interface Answer {
  /** Like an HTTP status; 200 to 299 is success. */
  readonly status: number;
  readonly description: string;
  readonly condition?: string;
  readonly body?: unknown;
}

/** Answers the requests that come over a link to `$cbs` or `$management`, over the link that they name in reply-to. */
export function openRequestLink(
  link: Receiver,
  point: "put-token" | "management",
  peer: Peer,
  broker: Broker,
  answer: (request: Message) => Answer,
): void {
  const address = String(link.target.address);
  link.set_source({ address: link.source?.address ?? "" });
  link.set_target({ address });
  link.add_credit(100);
  link.on("message", ({ message, delivery }) => {
    if (message === undefined || delivery === undefined) return;
    link.add_credit(1);
    peer.touch();
    delivery.accept();
    const reply = (given: Answer) => send(findReplyLink(peer, address, message.reply_to), message, given);
    const fault = broker.faults.take(point, { hub: hubOf(message) });
    if (fault?.do === "hang") return;
    if (fault?.do === "delay") return peer.later(fault.ms, () => reply(answer(message)));
    if (fault === undefined) return reply(answer(message));
    const { status, condition, description } = fault;
    reply({
      status,
      description: description ?? usualDescription(condition ?? `status ${status}`),
      ...(condition !== undefined && { condition }),
    });
  });
}

/**
 * Accepts the link over which a client gets the answers. What a client says over it is answered by an empty frame: Node.js
 * clients send with Nagle's algorithm on, so their next frame would wait for the kernel's delayed acknowledgment, twice
 * 40 ms until the first send.
 */
export function openReplyLink(link: Sender): void {
  for (const event of ["sender_flow", "settled"]) link.on(event, () => heartbeat(link.connection));
  link.set_source({ address: String(link.source.address) });
  link.set_target({ address: String(link.target?.address ?? "") });
}

/** Clients name their receiver in reply-to by its name ($cbs) or by its target's address ($management). */
function findReplyLink(peer: Peer, address: string, replyTo: unknown): Sender | undefined {
  return peer.connection.find_sender(
    (link: Sender) =>
      link.source?.address === address && (link.name === replyTo || link.target?.address === replyTo),
  );
}

function send(
  link: Sender | undefined,
  request: Message,
  { status, description, condition, body }: Answer,
): void {
  link?.send({
    ...(request.message_id !== undefined && { correlation_id: request.message_id }),
    application_properties: {
      "status-code": amqpTypes.wrap_int(status),
      "status-description": description,
      ...(condition !== undefined && { "error-condition": condition }),
    },
    body: body ?? null,
  });
}

/** The hub that a request is about: its name, or the first segment of the URI for which a token is put. */
function hubOf({ application_properties: properties }: Message): string | undefined {
  const name: unknown = properties?.["name"];
  return typeof name === "string" ? name.replace(/^[a-z]+:\/\/[^/]*\//i, "").split("/", 1)[0] : undefined;
}
