import { deliveryError, MisconfiguredError, outcomeOfStatus, type Response } from "@forewarn/sdk";

/**
 * Resolves where a request was taken and throws what it means where not. The status decides; a body that breaks off
 * changes nothing, least of all that a 2xx was delivered. `misconfigured` may say of a refusal that it is not about the
 * event.
 */
export async function settle(
  { statusCode: status, headers, body }: Response,
  now: number,
  misconfigured: (answer: string) => string | undefined = () => undefined,
): Promise<void> {
  if (outcomeOfStatus(status) === "delivered") return body.dump().catch(() => undefined);
  const bytes = Buffer.from(await body.text().catch(() => ""));
  // `stream` leaves out a character that the cut has halved.
  const excerpt = new TextDecoder().decode(bytes.subarray(0, 2048), { stream: true });
  const why = outcomeOfStatus(status) === "reject" ? misconfigured(excerpt) : undefined;
  if (why !== undefined) throw new MisconfiguredError(`answered ${status}: ${why}`, { status, excerpt });
  throw deliveryError({ status, retryAfter: headers["retry-after"], excerpt, now });
}
