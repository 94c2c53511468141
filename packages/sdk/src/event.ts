import { type Static, type TSchema, Type } from "typebox";
import { sdkVersion } from "./version.ts";

/** A value that may be unknown. */
export const Nullable = <T extends TSchema>(type: T, description: string) =>
  Type.Union([type, Type.Null()], { description });

/** An RFC 3339 time. */
export const Timestamp = (description: string) => Type.String({ format: "date-time", description });

/** A string choice. */
export const Choice = <const T extends string[]>(choices: readonly [...T], description: string) =>
  Type.Enum(choices, { description });

/** The mark of every event of a simulated Azure. */
export const simulated = Type.Optional(
  Type.Boolean({ description: "True where a simulator stands in for Azure." }),
);

/** The VM that observed the event. */
export const Vm = Type.Object(
  {
    name: Nullable(Type.String(), "Azure's resource name (`compute.name`), not the hostname."),
    vmId: Nullable(Type.String(), "The VM's unique id."),
    resourceId: Nullable(Type.String(), "The ARM resource id."),
    subscriptionId: Nullable(Type.String(), "The subscription's id."),
    resourceGroup: Nullable(Type.String(), "The resource group's name."),
    location: Nullable(Type.String(), "The region."),
    zone: Nullable(Type.String(), "The availability zone."),
    size: Nullable(Type.String(), "The VM size."),
    scaleSet: Nullable(Type.String(), "The scale set's name."),
    tags: Type.Record(Type.String(), Type.String(), {
      description: "The resource's tags, as far as `metadata.tags` lets them through.",
    }),
    cloud: Type.Optional(
      Type.String({ description: "`AzurePublicCloud`, `AzureUSGovernmentCloud`, `AzureChinaCloud`, …" }),
    ),
    hostname: Type.Optional(
      Type.String({
        description:
          "What the operating system calls the machine; there also before IMDS has answered, and never compared with Azure's names.",
      }),
    ),
  },
  { description: "The VM that observed this; what only IMDS can tell is null until it has." },
);

/** The VM that observed an event. */
export type Vm = Static<typeof Vm>;

/** A VM of which nothing is known yet. */
export const unknownVm: Vm = {
  name: null,
  vmId: null,
  resourceId: null,
  subscriptionId: null,
  resourceGroup: null,
  location: null,
  zone: null,
  size: null,
  scaleSet: null,
  tags: {},
};

/** What a person would call a VM: its name at Azure, else its hostname, else its vmId; null where none is known. */
export function nameOfVm({ name, hostname, vmId }: Vm): string | null {
  return name ?? hostname ?? vmId;
}

/** The context attributes that every event has: CloudEvents 1.0 and the extensions that Forewarn sets. */
export const attributes = {
  specversion: Type.Literal("1.0"),
  id: Type.String({ minLength: 1, description: "Unique for this `source`; the same for each resend." }),
  source: Type.String({
    minLength: 1,
    description:
      "The observer: its ARM resource id, else `urn:uuid:<vmId>`, else `urn:forewarn:agent:<uuid>` of the state directory.",
  }),
  subject: Type.Optional(
    Type.String({ minLength: 1, description: "The scheduled event's EventId in lower case, else the vmId." }),
  ),
  time: Timestamp("When it was observed."),
  datacontenttype: Type.Literal("application/json"),
  dataschema: Type.String({ format: "uri", description: "The JSON Schema of `data`." }),
  partitionkey: Type.Optional(Type.String({ minLength: 1, description: "The vmId." })),
  severitynumber: Type.Integer({ minimum: 1, maximum: 24, description: "9 info, 13 warn, 17 error." }),
  severitytext: Choice(["INFO", "WARN", "ERROR"], "The severity of this event."),
  affectsself: Type.Optional(
    Type.Boolean({ description: "Whether it affects the observing VM; absent while its name is unknown." }),
  ),
  notbefore: Type.Optional(Timestamp("The scheduled event's NotBefore, when known.")),
  sequence: Type.String({
    pattern: "^\\d{20}$",
    description: "The order in which this agent recorded its events, zero padded.",
  }),
} as const;

/** The context attributes that every event has. */
export type EventAttributes = Static<ReturnType<typeof attributesObject>>;

/** An event of one type, which carries these data. */
export type EventOf<Type extends string, Data> = EventAttributes & {
  readonly type: Type;
  readonly data: Data;
};

function attributesObject() {
  return Type.Object(attributes);
}

/** The URL of the JSON Schema of an event's data, inside this published package. */
export function dataSchemaUrl(name: string): string {
  return `https://unpkg.com/@forewarn/sdk@${sdkVersion}/schemas/${name}.json`;
}
