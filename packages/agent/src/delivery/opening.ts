import type { Sink } from "@forewarn/sdk";

/** A sink that is opened when first needed, and again after an opening that failed. */
export interface Opening {
  get(): Promise<Sink>;
  close(): Promise<void>;
}

/** Opens a sink once for all callers. */
export function createOpening(open: () => Sink | Promise<Sink>): Opening {
  let opened: Promise<Sink> | undefined;

  async function openOnce(): Promise<Sink> {
    try {
      return await open();
    } catch (error) {
      opened = undefined;
      throw error;
    }
  }

  return {
    get: () => (opened ??= openOnce()),
    async close() {
      const sink = await opened?.catch(() => undefined);
      await sink?.close?.();
    },
  };
}
