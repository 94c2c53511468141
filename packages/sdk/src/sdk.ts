/**
 * The contract between Forewarn and the world: the events it emits, the sinks that receive them, and the errors
 * by which a sink says what should happen next.
 * @packageDocumentation
 */
// The schemas of options are part of a sink's type: with these, its declarations need no package but this one.
export type {
  Static,
  TArray,
  TBoolean,
  TEnum,
  TInteger,
  TNumber,
  TObject,
  TOptional,
  TRecord,
  TSchema,
  TString,
  TUnion,
  TUnsafe,
} from "typebox";
export { type OptionsInput } from "./type.ts";
export { Type, Secret, defaultsOf, secretPaths, secretValues } from "./options.ts";
export { type Clock } from "./clock.ts";
export { Duration, Size, parseDuration, parseSize, formatDuration } from "./units.ts";
export { type Severity, severities, severityNumber, atLeast } from "./severity.ts";
export { Filter } from "./filter.ts";
export { When } from "./when.ts";
export {
  type Batch,
  type BatchLimits,
  type EventFunction,
  type Logger,
  type RequestFunction,
  type RequestOptions,
  type Response,
  type Sink,
  type SinkContext,
  type SinkDefinition,
  type AnySinkDefinition,
  apiVersion,
  defineSink,
  isSinkDefinition,
} from "./sink.ts";
export {
  DeliveryError,
  MisconfiguredError,
  PartialDeliveryError,
  RejectError,
  RetryError,
  type DeliveryErrorCode,
  type DeliveryErrorDetails,
  type PartialOutcome,
  deliveryErrorCodes,
} from "./errors.ts";
export { checkAll, errorsOfCheck } from "./check-all.ts";
export { type HttpOutcome, deliveryError, outcomeOfStatus, parseRetryAfter } from "./http-outcome.ts";
export { type EventAttributes, type Vm, dataSchemaUrl, nameOfVm, unknownVm } from "./event.ts";
export {
  type ApprovalOrigin,
  type ScheduledEvent,
  type ScheduledEventData,
  type ScheduledEventOutcome,
  type ScheduledEventPhase,
} from "./scheduled-event.ts";
export { type InstanceChange, type InstanceEvent } from "./instance-event.ts";
export { type ImdsEvent, type AgentEvent, type SinkEvent } from "./own-event.ts";
export {
  type EventDeclaration,
  type EventType,
  type ForewarnEvent,
  eventDeclarations,
  eventSchema,
  isScheduledEvent,
} from "./events.ts";
export {
  type CloudEvent,
  CloudEventError,
  batchContentType,
  decodeBatch,
  decodeStructured,
  encodeBatch,
  encodeStructured,
  structuredContentType,
} from "./cloudevents-json.ts";
export {
  type BinaryMessage,
  decodeBinary,
  decodeHeaderValue,
  decodeHttp,
  encodeBinary,
  encodeHeaderValue,
} from "./cloudevents-http.ts";
export { type Description, type WriteTime, describeApproval, describeEvent } from "./describe-event.ts";
export { type Template, type TemplateOptions, compileTemplate } from "./template.ts";
export { compileJsonTemplate } from "./template-json.ts";
export { TemplateError } from "./template-error.ts";
export { cutText, listed, oneLine, percentDecoded, utcTime } from "./plain-text.ts";
export { matchesAny } from "./globs.ts";
export { isSameWord, nearest } from "./nearest.ts";
export {
  type AmqpMessage,
  type ReceivedAmqpMessage,
  amqpStructuredContentType,
  decodeAmqp,
  encodeAmqpBinary,
  encodeAmqpStructured,
} from "./cloudevents-amqp.ts";
export { sdkVersion } from "./version.ts";
