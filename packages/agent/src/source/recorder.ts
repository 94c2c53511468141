import type { EventDraft } from "../normalize/draft.ts";
import type { Envelope } from "../outbox/envelope.ts";
import type { Outbox, Remembered } from "../outbox/outbox.ts";
import type { Telemetry } from "../telemetry.ts";
import type { Observer } from "./observer.ts";

/** The one way into the outbox: stores, then tells; false where nothing could be stored. */
export type Recorder = (drafts: readonly EventDraft[], remembered?: Remembered) => boolean;

/** Makes the recorder; a failure is told once for each streak of failures and changes nothing. */
export function createRecorder(options: {
  readonly outbox: Pick<Outbox, "append">;
  readonly observer: () => Observer;
  readonly telemetry: Telemetry;
}): Recorder {
  const { outbox, observer, telemetry } = options;
  let failing = false;
  return (drafts, remembered = {}) => {
    let envelopes: readonly Envelope[];
    try {
      envelopes = outbox.append(drafts, observer(), remembered);
    } catch (error) {
      if (!failing)
        telemetry.emit("stateFailed", { doing: "storing events", message: (error as Error).message });
      failing = true;
      return false;
    }
    if (failing) telemetry.emit("stateRecovered");
    failing = false;
    if (envelopes.length > 0) telemetry.emit("appended", envelopes);
    return true;
  };
}
