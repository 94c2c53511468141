import { MisconfiguredError, type Sink } from "@forewarn/sdk";
import { outcomeOf } from "./outcome.ts";

/** A sink that is opened when first needed, and again after an opening that failed or took too long. */
export interface Opening {
  /** The open sink, the same for all callers; `signal` gives up an opening that is under way. */
  get(signal: AbortSignal): Promise<Sink>;
  close(): Promise<void>;
}

/** Opens a sink once for all callers. */
export function createOpening(open: () => Sink | Promise<Sink>): Opening {
  let opened: Promise<Sink> | undefined;

  async function openOnce(): Promise<Sink> {
    try {
      return await open();
    } catch (error) {
      const { kind, message } = { message: "", ...outcomeOf(error) };
      // No event was looked at, so none can have been refused.
      if (kind === "reject" || kind === "partial") throw new MisconfiguredError(message, { cause: error });
      throw error;
    }
  }

  function begin(signal: AbortSignal): Promise<Sink> {
    const opening = openOnce();
    const forget = () => {
      if (opened === opening) opened = undefined;
    };
    const giveUp = () => {
      forget();
      // A late sink is nobody's; that it cannot be closed either is not worth a word.
      opening.then((sink) => sink.close?.()).catch(() => {});
    };
    if (signal.aborted) giveUp();
    else signal.addEventListener("abort", giveUp, { once: true });
    opening.then(() => signal.removeEventListener("abort", giveUp), forget);
    return opening;
  }

  return {
    get: (signal) => (opened ??= begin(signal)),
    async close() {
      const sink = await opened?.catch(() => undefined);
      await sink?.close?.();
    },
  };
}
