import { eventDeclarations, type ForewarnEvent, type Severity } from "@forewarn/sdk";
import type { EventDraft } from "../normalize/draft.ts";
import { uuidv7 } from "../uuid.ts";

type OwnEvent = Exclude<ForewarnEvent, { type: `io.forewarn.scheduledevent.${string}` }>;

/** The draft of an event that Forewarn tells of itself, at `time` (epoch ms). */
export function ownEvent<Type extends OwnEvent["type"]>(
  type: Type,
  time: number,
  data: Omit<Extract<OwnEvent, { type: Type }>["data"], "vm" | "simulated">,
): EventDraft {
  const declaration = eventDeclarations.find((declared) => declared.type === type);
  const severity = declaration?.severity as Severity;
  return {
    type,
    id: uuidv7(time),
    time,
    severity,
    rank: severity,
    subject: null,
    affectsSelf: true,
    notBefore: null,
    urgency: null,
    schema: declaration?.schema ?? type,
    data,
  };
}
