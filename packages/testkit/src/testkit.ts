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
