import { Type } from "typebox";

const closed = { additionalProperties: false } as const;
const text = (description: string) => Type.Optional(Type.String({ description }));

const Address = Type.Object(
  { frontendIpAddress: Type.String(), privateIpAddress: Type.String() },
  { ...closed, description: "An address of the load balancer and the one of the VM behind it." },
);

const InboundRule = Type.Object(
  {
    frontendIpAddress: Type.String(),
    privateIpAddress: Type.String(),
    protocol: Type.String(),
    frontendPort: Type.Integer(),
    backendPort: Type.Integer(),
  },
  { ...closed, description: "A rule that lets traffic in." },
);

/** What may be said about a simulated VM; every key is optional, the rest of the instance document follows from it. */
export const VmFields = {
  name: text("`compute.name`, the string in the Resources of a scheduled event."),
  vmId: text("A GUID."),
  location: text("The region, such as westeurope."),
  zone: text('The logical availability zone, such as "1".'),
  vmSize: text("Such as Standard_D2s_v5."),
  osType: Type.Optional(Type.Enum(["Linux", "Windows"])),
  priority: Type.Optional(Type.Enum(["", "Regular", "Spot"])),
  resourceGroupName: text("The resource group."),
  subscriptionId: text("A GUID."),
  vmScaleSetName: text("The scale set; a name of the form {set}_{decimal id} makes it a uniform one."),
  placementGroupId: text("A GUID."),
  tags: Type.Optional(
    Type.Record(Type.String(), Type.String(), { description: "All tags of the VM, in this order." }),
  ),
  userData: text("Base64."),
  privateIpAddress: text("IPv4."),
  publicIpAddress: text("IPv4."),
  macAddress: text("Twelve hex digits in upper case, without separators."),
  azEnvironment: text("AzurePublicCloud, AzureUSGovernmentCloud, AzureChinaCloud or AzureGermanCloud."),
  tenantId: text("The Entra tenant of the managed identities: a GUID."),
  identities: Type.Optional(
    Type.Array(
      Type.Object(
        {
          name: text("The name of a user-assigned identity; absent = the system-assigned one."),
          clientId: text("A GUID."),
          objectId: text("A GUID."),
          resourceId: text("The ARM id."),
        },
        closed,
      ),
      { description: "The managed identities; [] = none." },
    ),
  ),
  loadBalancer: Type.Optional(
    Type.Object(
      {
        publicIpAddresses: Type.Array(Address),
        inboundRules: Type.Array(InboundRule),
        outboundRules: Type.Array(Address),
      },
      { ...closed, description: "What /metadata/loadbalancer says; absent = 404." },
    ),
  ),
  instance: Type.Optional(
    Type.Object(
      {},
      { description: "The answer of GET /metadata/instance as it is, in place of all but the name." },
    ),
  ),
} as const;

/** A VM, or what changes of one. */
export const VmSchema = Type.Object(VmFields, closed);
