/**
 * A client of the Azure Instance Metadata Service and its Scheduled Events.
 *
 * @packageDocumentation
 */
export type { VersionedFamily } from "./api-versions.ts";
export type { AttestedDocument } from "./attested-document.ts";
export {
  createImdsClient,
  type ImdsCallOptions,
  type ImdsClient,
  type ImdsGetOptions,
  type ImdsInstanceOptions,
  type ImdsRawAnswer,
} from "./client.ts";
export { ImdsError, type ImdsErrorCode, type ImdsErrorDetails, isImdsError } from "./imds-error.ts";
export {
  type InstanceCompute,
  type InstanceDocument,
  type InstanceNetwork,
  type InstanceNetworkInterface,
  parseInstance,
} from "./instance.ts";
export type { LoadBalancerAddress, LoadBalancerDocument, LoadBalancerInboundRule } from "./load-balancer.ts";
export { type NotBefore, parseNotBefore } from "./not-before.ts";
export type { ImdsClientOptions } from "./options.ts";
export {
  type BudgetClock,
  createRateBudget,
  type RateBudget,
  type RateBudgetOptions,
  type RequestKind,
} from "./rate-budget.ts";
export type { ScheduledEventEntry } from "./scheduled-event-entry.ts";
export { parseScheduledEvents, type ScheduledEventsDocument } from "./scheduled-events.ts";
export type { ImdsToken, TokenIdentity } from "./token.ts";
export type { TokenOptions } from "./tokens.ts";
export { parseTolerantJson } from "./tolerant-json.ts";
