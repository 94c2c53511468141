import type { Message } from "rhea";

import { verifyToken } from "../access/put-token.ts";
import type { Broker } from "./broker.ts";
import type { Peer } from "./peer.ts";
import type { Answer } from "./request-link.ts";
import { tracked } from "./service-error.ts";

/** Answers a put-token request to `$cbs`: verifies the token and lets it count for the connection. */
export function putToken(request: Message, peer: Peer, { rules }: Broker): Answer {
  const { operation, type, name } = request.application_properties ?? {};
  if (operation !== "put-token")
    return {
      status: 400,
      description: tracked("The operation of $cbs is put-token."),
      condition: "amqp:not-allowed",
    };
  const result = verifyToken({ type, token: request.body, audience: name }, rules);
  if ("status" in result) return result;
  peer.claims.add(result);
  peer.reauthorize();
  return { status: 202, description: "Accepted" };
}
