import { Type } from "@forewarn/sdk";
import { closed } from "./schema-parts.ts";

/** Which events may start before their time. */
export const Approve = Type.Union(
  [
    Type.Object(
      {
        after: Type.Optional(
          Type.Array(Type.String({ minLength: 1 }), {
            minItems: 1,
            description:
              "The names of sinks: an event may start when each of them has delivered its announcement. One that refuses it, or does not want it, blocks.",
          }),
        ),
        eventSource: Type.Optional(
          Type.Enum(["User"], { description: "`User`: only what a person has asked Azure for." }),
        ),
        eventTypes: Type.Optional(
          Type.Array(Type.String({ minLength: 1 }), {
            minItems: 1,
            description: "Only these: `Freeze`, `Reboot`, `Redeploy`, `Preempt`, `Terminate`. Default: all.",
          }),
        ),
        shared: Type.Optional(
          Type.Boolean({
            description:
              "Also events that name other VMs beside this one: they start there, too. Default false.",
          }),
        ),
        dryRun: Type.Optional(
          Type.Boolean({
            description: "Only log what would be approved, and send nothing. Default false.",
          }),
        ),
      },
      closed("Which events may start."),
    ),
    Type.Enum(["never", "user"], { description: "write never, user, or { after: [NAME OF A SINK] }" }),
  ],
  {
    default: "never",
    description:
      "Which scheduled events of this VM the agent lets start before their time, by telling Azure so. `user` is `{ eventSource: User }`: what a person asked for, which otherwise waits up to 15 minutes. A map needs `after` or `eventSource`; all that is given must hold. An event that names other VMs is never approved without `shared`.",
  },
);
