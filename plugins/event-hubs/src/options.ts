import { Secret, type Static, Type } from "@forewarn/sdk";

/** The options of the sink; which of them go together is checked when it is opened. */
export const options = Type.Object(
  {
    eventHub: Type.String({
      pattern: "^[A-Za-z0-9]([A-Za-z0-9._-]{0,254}[A-Za-z0-9])?$",
      description: "The Event Hub's name, which is not that of its namespace.",
    }),
    namespace: Type.Optional(
      Type.String({
        pattern: "^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[0-9]{1,5})?$",
        description:
          "The namespace's host name, such as `contoso.servicebus.windows.net`, without scheme and path. Give either this or `connectionString`.",
      }),
    ),
    connectionString: Type.Optional(
      Secret({
        pattern: "[Ee]ndpoint\\s*=",
        description:
          "A connection string with a key that has the right Send, of the Event Hub or of its namespace. With `UseDevelopmentEmulator=true` the connection is not encrypted.",
      }),
    ),
    auth: Type.Optional(
      Type.Enum(["managed-identity", "azure-identity", "connection-string"], {
        description:
          "How the agent proves who it is. `managed-identity`: the VM's own identity, no secret anywhere. `azure-identity`: whatever `DefaultAzureCredential` of the package `@azure/identity` finds, which must be installed. Default: what goes with `namespace` (`managed-identity`) or `connectionString`.",
      }),
    ),
    clientId: Type.Optional(
      Type.String({
        pattern: "^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$",
        description:
          "The client id of a user assigned managed identity; without it, the system assigned one.",
      }),
    ),
    partitionBy: Type.Enum(["vm", "event"], {
      default: "vm",
      description:
        "What shares a partition, and so stays in order. `vm`: all events of one VM. `event`: what all VMs see of one scheduled event.",
    }),
    mode: Type.Enum(["binary", "structured"], {
      default: "binary",
      description:
        "`binary`: attributes as `cloudEvents_` application properties, data as the body. `structured`: the whole event as JSON in the body.",
    }),
    transport: Type.Enum(["amqp", "websockets"], {
      default: "amqp",
      description:
        "`amqp`: port 5671, never through a proxy. `websockets`: AMQP over WebSockets, port 443, through the proxy that is configured.",
    }),
  },
  { additionalProperties: false },
);

/** The options, validated and with defaults. */
export type EventHubsOptions = Static<typeof options>;
