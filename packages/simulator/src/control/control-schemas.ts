import { Type } from "typebox";
import type { Static } from "typebox";

import { DURATION_PATTERN } from "../checked/explain-errors.ts";
import { FaultSchema } from "../checked/fault-schema.ts";
import { MOST_INCARNATION } from "../checked/most-incarnation.ts";

const closed = { additionalProperties: false } as const;
const duration = (description: string) =>
  Type.Optional(Type.String({ pattern: DURATION_PATTERN, description }));

const eventFields = {
  EventStatus: Type.Optional(Type.String()),
  ResourceType: Type.Optional(Type.String()),
  Resources: Type.Optional(Type.Array(Type.String(), { minItems: 1 })),
  NotBefore: Type.Optional(Type.String()),
  Description: Type.Optional(Type.String()),
  EventSource: Type.Optional(Type.String()),
  DurationInSeconds: Type.Optional(Type.Integer()),
  notice: duration("From now to NotBefore; the time scale shortens it."),
} as const;

/** The body of `POST /events`: an event in Azure's words. */
export const NewEventSchema = Type.Object(
  { EventType: Type.String(), EventId: Type.Optional(Type.String()), ...eventFields },
  closed,
);
/** The body of `PATCH /events/ID`. */
export const EventPatchSchema = Type.Object(
  { EventType: Type.Optional(Type.String()), EventId: Type.Optional(Type.String()), ...eventFields },
  { ...closed, minProperties: 1 },
);
/** The body of `POST /plays`: a built-in scenario by its name, or a whole one as in a scenario file. */
export const PlaySchema = Type.Object(
  {
    scenario: Type.Union([Type.String(), Type.Object({})], {
      description: "the name of a scenario, or a scenario as in a file",
    }),
    timeScale: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
    loop: Type.Optional(Type.Boolean()),
  },
  closed,
);
/** The body of `POST /faults`. */
export const FaultRuleSchema = Type.Object(
  {
    fault: FaultSchema,
    next: Type.Optional(Type.Integer({ minimum: 1 })),
    for: duration("In real time."),
    path: Type.Optional(
      Type.String({ pattern: "^/", description: "the beginning of a path, such as /metadata/instance" }),
    ),
    vm: Type.Optional(Type.String()),
  },
  closed,
);
/** The body of `POST /incarnation`. */
export const IncarnationSchema = Type.Object(
  {
    reset: Type.Optional(Type.Integer({ minimum: 0, maximum: MOST_INCARNATION })),
    skip: Type.Optional(Type.Integer({ minimum: 1, maximum: MOST_INCARNATION })),
  },
  { ...closed, minProperties: 1 },
);

/** An event as `POST /events` and `PATCH /events/ID` take it. */
export type EventBody = Static<typeof EventPatchSchema>;
/** A play as `POST /plays` takes it. */
export type PlayBody = Static<typeof PlaySchema>;
/** A fault as `POST /faults` takes it. */
export type FaultRuleBody = Static<typeof FaultRuleSchema>;
