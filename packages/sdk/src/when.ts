import { type Static, Type } from "typebox";
import { Filter } from "./filter.ts";
import { severities } from "./severity.ts";

/** The rule that says which events a sink wants; every part that is given must hold. */
export const When = Type.Object(
  {
    scope: Type.Optional(
      Type.Enum(["self", "all"], {
        description:
          "`self`: only events that affect this VM, and events whose affectsself is unknown. `all`: also those of its neighbours.",
      }),
    ),
    types: Type.Optional(
      Type.Array(Type.String({ minLength: 1 }), {
        minItems: 1,
        description:
          "Event types, `*` stands for any characters: `io.forewarn.scheduledevent.*`. One must match.",
      }),
    ),
    minSeverity: Type.Optional(
      Type.Enum(severities, {
        description:
          "Least severity. Scheduled events are compared by `impact`, so that a story opened at a sink is also closed there.",
      }),
    ),
    eventTypes: Type.Optional(
      Type.Array(Type.String({ minLength: 1 }), {
        minItems: 1,
        description:
          "Azure's EventType, any case: `Reboot`, `Preempt`, … Other events than scheduled events do not match.",
      }),
    ),
    filters: Type.Optional(
      Type.Array(Filter, {
        description:
          "Filters of the CloudEvents Subscriptions API over the attributes of an event, all of which must hold.",
      }),
    ),
  },
  { additionalProperties: false },
);

/** The rule that says which events a sink wants. */
export type When = Static<typeof When>;
