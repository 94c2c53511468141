export type { BearerToken } from "./access/bearer-token.ts";
export type { AccessKey } from "./access/key-ring.ts";
export { acceptByAudience } from "./access/put-token.ts";
export type { AcceptToken } from "./access/put-token.ts";
export { allRights } from "./access/right.ts";
export type { Right } from "./access/right.ts";
export { sasToken } from "./access/sas-token.ts";
export type { IdleLimits } from "./amqp/idle.ts";
export type { ServiceError } from "./amqp/service-error.ts";
export type { Hub, HubOptions } from "./broker/hub.ts";
export { partitionOf } from "./broker/partition-key.ts";
export type { ReceivedEvent } from "./broker/received-event.ts";
export type { Retention } from "./broker/retention.ts";
export type {
  ConnectionStringOptions,
  EventHubsEmulator,
  EventHubsEmulatorOptions,
  LinkFilter,
} from "./emulator-api.ts";
export type {
  AttachFault,
  ConnectFault,
  Fault,
  FaultScope,
  RequestFault,
  SendFault,
} from "./faults/fault.ts";
export type { Faults } from "./faults/fault-list.ts";
export type { ListenError } from "./net/listen-error.ts";
export { startEventHubsEmulator } from "./start-event-hubs-emulator.ts";
