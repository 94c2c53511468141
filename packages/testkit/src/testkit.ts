/**
 * The sink contract of Forewarn as a vitest suite, for authors of sinks.
 * @packageDocumentation
 */
export {
  type Behaviour,
  type Capability,
  type Harness,
  type OtherEnd,
  type PlainBehaviour,
  type ReceivedEvent,
  capabilities,
} from "./harness.ts";
export { testReadme, testSink } from "./test-sink.ts";
export {
  type AnsweredBehaviour,
  type HttpAnswer,
  type HttpDelivery,
  type HttpEndOptions,
  startHttpEnd,
} from "./http-end.ts";
export { eventOfSize, sampleEvents, sampleVm, story, trickyEvent } from "./samples.ts";
