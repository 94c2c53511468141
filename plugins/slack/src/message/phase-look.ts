import type { ScheduledEvent } from "@forewarn/sdk";
import { adviceFor } from "./advice.ts";
import { type Look, lookOf, openEndLook, severityOf, wellLook } from "./look.ts";

/** How a phase looks: by its severity while it can still do harm, then by how it ended. */
export function lookOfPhase(event: ScheduledEvent): Look {
  switch (event.data.phase) {
    case "completed":
      return adviceFor(event.data).isFinal === true ? openEndLook : wellLook;
    case "canceled":
      return wellLook;
    case "ended":
      return openEndLook;
    default:
      return lookOf(severityOf(event));
  }
}
