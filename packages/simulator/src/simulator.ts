export { isFileError } from "./checked/file-error.ts";
export type { FileError } from "./checked/file-error.ts";
export type { Finding, FindingCode } from "./checked/finding.ts";
export type { ControlOptions, ControlServer } from "./control/control-server.ts";
export type { EnablingOptions } from "./events/enabling.ts";
export type { EventPatch, NewScheduledEvent } from "./events/event-patch.ts";
export type { DocumentChange } from "./events/live-document.ts";
export { minimumNotice } from "./events/scheduled-event.ts";
export type { EventType, Open, ScheduledEvent, ScheduledEventsDocument } from "./events/scheduled-event.ts";
export type { ServerAnswer } from "./http/answer.ts";
export type { ApiVersions } from "./http/api-version.ts";
export type { Fault, FaultHook, FaultRule } from "./http/fault.ts";
export type { ListenError } from "./http/listen-error.ts";
export { namedFaults } from "./http/named-fault.ts";
export type { NamedFault } from "./http/named-fault.ts";
export type { ReceivedRequest } from "./http/request.ts";
export { startControlServer } from "./start-control-server.ts";
export { readRecording } from "./recording/read-recording.ts";
export { record } from "./recording/record.ts";
export type { RecordOptions } from "./recording/record.ts";
export type { RecordedAnswer, Recording } from "./recording/recording.ts";
export { replayOf } from "./recording/replay-of.ts";
export type { Replay } from "./recording/replay-of.ts";
export { runSimulator } from "./run-simulator.ts";
export type { SimulatorIo } from "./run-simulator.ts";
export { planScenario } from "./scenarios/plan-scenario.ts";
export type { PlanOptions, TimelineStep } from "./scenarios/plan-scenario.ts";
export { scenarioSeconds, THIS_VM } from "./scenarios/scenario.ts";
export { readScenario } from "./scenarios/read-scenario.ts";
export type {
  Scenario,
  ScenarioAction,
  ScenarioCondition,
  ScenarioCourse,
  ScenarioEvent,
  ScenarioStep,
} from "./scenarios/scenario.ts";
export { scenarios } from "./scenarios/scenarios.ts";
export type { ScenarioName } from "./scenarios/scenarios.ts";
export type { PlayOptions, SimulatedVm, Simulator, SimulatorOptions, VmOptions } from "./simulator-api.ts";
export { startSimulator } from "./start-simulator.ts";
export type { SimulatorClock } from "./time/clock.ts";
export { createManualClock } from "./time/manual-clock.ts";
export type { ManualClock } from "./time/manual-clock.ts";
export type { LoadBalancer, LoadBalancerAddress, LoadBalancerInboundRule } from "./vm/load-balancer.ts";
export type { ManagedIdentity } from "./vm/managed-identity.ts";
export type { InstanceDocument, InstanceNode } from "./vm/instance-node.ts";
export type { VmDescription } from "./vm/vm-description.ts";
