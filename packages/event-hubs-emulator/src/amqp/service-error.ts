import { randomUUID } from "node:crypto";

/** An AMQP error as it goes over the wire. */
export interface ServiceError {
  /** Such as `com.microsoft:server-busy`. */
  readonly condition: string;
  readonly description?: string;
}

/** The words with which Azure ends a description, so that a client which logs or parses them sees the usual form. */
export function tracked(text: string): string {
  const time = new Date().toISOString().replace(/\.\d+Z$/, "");
  return `${text} TrackingId:${randomUUID().replaceAll("-", "")}_G0, SystemTracker:forewarn-emulator, Timestamp:${time}`;
}

/** A token was put, but it does not carry the claim that the link needs. */
export function missingClaim(claim: "Send" | "Listen" | "Manage", resource: string): ServiceError {
  return {
    condition: "amqp:unauthorized-access",
    description: tracked(
      `Unauthorized access. '${claim}' claim(s) are required to perform this operation. Resource: '${resource}'.`,
    ),
  };
}

/** The hub, partition or consumer group does not exist. */
export function entityNotFound(resource: string): ServiceError {
  return {
    condition: "amqp:not-found",
    description: tracked(
      `The messaging entity '${resource}' could not be found. To know more visit https://aka.ms/sbResourceMgrExceptions. `,
    ),
  };
}

/** A transfer is larger than the link's max-message-size. */
export function messageTooLarge(deliveryId: number, size: number, limit: number): ServiceError {
  return {
    condition: "amqp:link:message-size-exceeded",
    description: tracked(
      `The received message (delivery-id:${deliveryId}, size:${size} bytes) exceeds the limit (${limit} bytes) currently allowed on the link.`,
    ),
  };
}

/** Known words of Azure for a condition; a fault without a description says these. */
export function usualDescription(condition: string): string {
  const known: Readonly<Record<string, string>> = {
    "com.microsoft:server-busy":
      "The request was terminated because the entity is being throttled. Error code : 50002. Please wait 4 seconds and try again.",
    "amqp:link:detach-forced": "The link is force detached by the broker.",
    "amqp:connection:forced": "The connection was closed by the broker.",
    "com.microsoft:timeout": "The operation did not complete within the allocated time.",
    "com.microsoft:entity-disabled": "The messaging entity is currently disabled.",
    "amqp:resource-limit-exceeded": "The quota of the messaging entity has been exceeded.",
    "amqp:internal-error": "The service was unable to process the request; please retry the operation.",
  };
  return tracked(known[condition] ?? `Fault of the emulator: ${condition}.`);
}

/** An error with its usual description unless it has one of its own. */
export function completed({ condition, description }: ServiceError): Required<ServiceError> {
  return { condition, description: description ?? usualDescription(condition) };
}
