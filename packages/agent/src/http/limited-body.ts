import type { Response } from "@forewarn/sdk";
import type { Dispatcher } from "undici";

const maxBytes = 64_000;

/**
 * A body of which nobody gets more than the first 64 kB: an answer without end would else fill the memory of an agent
 * that only wants to know whether its event arrived. The connection of a longer one is closed.
 */
export function limited(body: Dispatcher.ResponseData["body"]): Response["body"] {
  return {
    async text() {
      const chunks: Buffer[] = [];
      let left = maxBytes;
      for await (const chunk of body) {
        chunks.push((chunk as Buffer).subarray(0, left));
        left -= (chunk as Buffer).length;
        if (left <= 0) break;
      }
      // `stream` leaves out a character that the cut has halved.
      return new TextDecoder().decode(Buffer.concat(chunks), { stream: left <= 0 });
    },
    dump: () => body.dump({ limit: maxBytes }),
  };
}
