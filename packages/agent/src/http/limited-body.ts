import type { Response } from "@forewarn/sdk";

const maxBytes = 64_000;

/** A body that is collected, whether anybody reads it or not. */
export interface Collected {
  readonly reader: Response["body"];
  /** Takes a chunk; false where there is enough. */
  add(chunk: Buffer): boolean;
  /** That was all. */
  end(): void;
  /** No more comes, for a reason that readers get; nothing where it has ended. */
  fail(error: Error): void;
}

/**
 * A body of which nobody gets more than the first 64 kB: an answer without end would else fill the memory of an agent
 * that only wants to know whether its event arrived.
 */
export function collect(): Collected {
  const chunks: Buffer[] = [];
  let left = maxBytes;
  let ended: { readonly error?: Error } | undefined;
  const waiting: (() => void)[] = [];

  function settle(result: { readonly error?: Error }): void {
    if (ended !== undefined) return;
    ended = result;
    for (const wake of waiting) wake();
  }

  async function whole(): Promise<void> {
    if (ended === undefined) await new Promise<void>((resolve) => waiting.push(resolve));
    if (ended?.error !== undefined) throw ended.error;
  }

  return {
    reader: {
      async text() {
        await whole();
        // `stream` leaves out a character that the cut has halved.
        return new TextDecoder().decode(Buffer.concat(chunks), { stream: left <= 0 });
      },
      // Whoever wants nothing of it has the status, which a body that breaks off does not change.
      dump: () => whole().catch(() => undefined),
    },
    add(chunk) {
      if (ended !== undefined) return false;
      chunks.push(chunk.subarray(0, left));
      left -= chunk.length;
      if (left > 0) return true;
      settle({});
      return false;
    },
    end: () => settle({}),
    fail: (error) => settle({ error }),
  };
}
