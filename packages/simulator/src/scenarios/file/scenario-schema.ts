import { Type } from "typebox";
import type { Static } from "typebox";

import { DURATION_PATTERN } from "../../checked/explain-errors.ts";
import { MOST_INCARNATION } from "../../checked/most-incarnation.ts";
import { FaultSchema } from "../../checked/fault-schema.ts";
import { VmFields, VmSchema } from "../../checked/vm-schema.ts";

const closed = { additionalProperties: false } as const;
const duration = (description: string) => Type.String({ pattern: DURATION_PATTERN, description });
const eventId = Type.String({ description: "The id of an event of this scenario." });
const resources = Type.Array(Type.String(), {
  minItems: 1,
  description: "Names of the affected VMs; {vm} = the first VM of the simulator.",
});

const EventSchema = Type.Object(
  {
    id: Type.Optional(
      Type.String({ description: "What steps call it; Azure's EventId is made anew in each play." }),
    ),
    after: Type.Optional(duration("From the scenario's start until it appears. Default 0s.")),
    type: Type.Enum(["Freeze", "Reboot", "Redeploy", "Preempt", "Terminate"]),
    source: Type.Optional(Type.Enum(["Platform", "User"])),
    description: Type.Optional(Type.String()),
    durationInSeconds: Type.Optional(
      Type.Integer({ minimum: -1, description: "As served, at every time scale; default -1 = unknown." }),
    ),
    resources: Type.Optional(resources),
    notice: Type.Optional(
      duration(
        "From its appearance to NotBefore; default the documented minimum of its type, 0s = at once Started.",
      ),
    ),
    startedFor: Type.Optional(duration("From Started until Azure removes it. Default 10m.")),
    cancelledAfter: Type.Optional(
      duration("From its appearance until Azure withdraws it, less than notice."),
    ),
    stays: Type.Optional(
      Type.Literal(true, { description: "It stays as it is until a step, a client or a person changes it." }),
    ),
  },
  { ...closed, description: "One event from its appearance to its end." },
);

const ConditionSchema = Type.Object(
  {
    event: eventId,
    is: Type.Enum(["scheduled", "approved", "started", "removed"]),
  },
  { ...closed, description: "What has happened to an event." },
);

const StepSchema = Type.Object(
  {
    after: Type.Optional(duration("From the scenario's start, or from when. Default 0s.")),
    when: Type.Optional(ConditionSchema),
    unless: Type.Optional(ConditionSchema),
    start: Type.Optional(eventId),
    remove: Type.Optional(eventId),
    restore: Type.Optional(Type.String({ description: "Puts a removed event back, with the same EventId." })),
    update: Type.Optional(
      Type.Object(
        {
          event: eventId,
          status: Type.Optional(
            Type.String({ description: "EventStatus; Scheduled and Started, or any other." }),
          ),
          type: Type.Optional(
            Type.String({ description: "EventType, also one that Azure does not document." }),
          ),
          source: Type.Optional(Type.String()),
          description: Type.Optional(Type.String()),
          durationInSeconds: Type.Optional(Type.Integer()),
          resources: Type.Optional(resources),
          notBefore: Type.Optional(duration("From this step to the new NotBefore.")),
          notBeforeText: Type.Optional(
            Type.String({ description: "NotBefore as it is, also one that nobody can read." }),
          ),
          idCase: Type.Optional(Type.Enum(["lower", "upper"])),
        },
        closed,
      ),
    ),
    changeVm: Type.Optional(
      Type.Object(
        { vm: Type.Optional(Type.String({ description: "Default: the first VM." })), set: VmSchema },
        closed,
      ),
    ),
    fail: Type.Optional(
      Type.Object(
        {
          with: FaultSchema,
          next: Type.Optional(
            Type.Integer({ minimum: 1, description: "How many requests. Default 1, with for all." }),
          ),
          for: Type.Optional(duration("How long.")),
          path: Type.Optional(
            Type.String({
              pattern: "^/",
              description: "the beginning of a path, such as /metadata/instance",
            }),
          ),
          vm: Type.Optional(Type.String({ description: "Default: every VM." })),
        },
        closed,
      ),
    ),
    incarnation: Type.Optional(
      Type.Object(
        {
          reset: Type.Optional(
            Type.Integer({
              minimum: 0,
              maximum: MOST_INCARNATION,
              description: "Sets DocumentIncarnation, 1 for a new service.",
            }),
          ),
          skip: Type.Optional(
            Type.Integer({
              minimum: 1,
              maximum: MOST_INCARNATION,
              description: "Lets the next change raise it by so many more.",
            }),
          ),
        },
        { ...closed, minProperties: 1 },
      ),
    ),
  },
  { ...closed, description: "One thing that happens beside the events' own courses." },
);

/** A scenario file, as docs and editors know it. */
export const ScenarioFileSchema = Type.Object(
  {
    $schema: Type.Optional(Type.String({ description: "For editors of JSON." })),
    scenario: Type.Literal(1, { description: "The version of this format: 1." }),
    summary: Type.Optional(Type.String({ description: "One sentence." })),
    vms: Type.Optional(
      Type.Array(Type.Object(VmFields, closed), {
        minItems: 1,
        description: "The VMs of the placement group, the first one {vm}; default one.",
      }),
    ),
    events: Type.Optional(Type.Array(EventSchema)),
    steps: Type.Optional(Type.Array(StepSchema)),
  },
  {
    ...closed,
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "A scenario of the IMDS simulator",
  },
);

/** A scenario file as data. */
export type ScenarioFile = Static<typeof ScenarioFileSchema>;

/** One event of a scenario file. */
export type FileEvent = Static<typeof EventSchema>;

/** One step of a scenario file. */
export type FileStep = Static<typeof StepSchema>;
