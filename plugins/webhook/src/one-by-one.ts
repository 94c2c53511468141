import { PartialDeliveryError } from "@forewarn/sdk";

/**
 * Sends `count` events in order, one after the other. Where one fails after others were delivered, a
 * `PartialDeliveryError` says so, and rejects it if it was refused; where the first one fails, its own error does.
 */
export async function oneByOne(count: number, send: (index: number) => Promise<void>): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    try {
      await send(index);
    } catch (error) {
      throw index === 0 ? error : partial(error, index);
    }
  }
}

function partial(cause: unknown, index: number): PartialDeliveryError {
  const { code, message = String(cause) } = cause as { readonly code?: unknown; readonly message?: string };
  return new PartialDeliveryError(message, {
    cause,
    delivered: Array.from({ length: index }, (_, before) => before),
    ...(code === "FOREWARN_REJECT" ? { rejected: [{ index, reason: message }] } : {}),
  });
}
