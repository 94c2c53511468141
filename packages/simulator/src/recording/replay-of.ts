import type { ScheduledEventsDocument } from "../events/scheduled-event.ts";
import type { Fault } from "../http/fault.ts";
import type { Scenario, ScenarioAction, ScenarioStep } from "../scenarios/scenario.ts";
import type { ApiVersions } from "../http/api-version.ts";
import type { InstanceDocument } from "../vm/instance-node.ts";
import type { LoadBalancer } from "../vm/load-balancer.ts";
import type { VmDescription } from "../vm/vm-description.ts";
import { isDocument } from "./is-document.ts";
import type { RecordedAnswer, Recording } from "./recording.ts";

/** What a simulator must be and play in order to answer as a recorded VM did. */
export interface Replay {
  readonly vm: Partial<VmDescription>;
  readonly apiVersions: Partial<ApiVersions>;
  readonly scenario: Scenario;
}

type Track = readonly RecordedAnswer[];

/**
 * A replay of a recording. Its documents are served at every api-version and below every path, its failures and refusals
 * as faults for as long as they lasted; tokens and attested documents are the simulator's own.
 */
export function replayOf({ recordedAt, seconds, answers }: Recording): Replay {
  const tracks = Object.entries(answers).map(
    ([target, track]) => [target.split("?")[0] ?? "", track] as const,
  );
  const goodOf = (path: string): Track =>
    (tracks.find(([own]) => own === path)?.[1] ?? []).filter((answer) => isGood(path, answer));
  const began = Date.parse(recordedAt);
  const bodyOf = (path: string): unknown => goodOf(path)[0]?.body;
  const instance = goodOf("/metadata/instance");
  const events = goodOf("/metadata/scheduledevents");
  const versions = (bodyOf("/metadata/versions") as { apiVersions?: readonly string[] } | undefined)
    ?.apiVersions;
  return {
    vm: {
      ...vmOf(instance[0]?.body),
      identities: bodyOf("/metadata/identity/oauth2/token") === undefined ? [] : [{}],
      ...loadBalancerOf(bodyOf("/metadata/loadbalancer")),
      ...tenantOf(bodyOf("/metadata/identity/info")),
    },
    apiVersions: versions === undefined ? {} : { instance: versions },
    scenario: {
      summary: `What ${nameOf(instance[0]?.body)} was answered for ${Math.round(seconds)} s from ${recordedAt} on.`,
      events: [],
      steps: [
        ...instance.map(({ at, body }) =>
          step(at, { do: "changeVm", set: { instance: body as InstanceDocument } }),
        ),
        ...events.map(({ at, body }) =>
          step(at, { do: "document", document: body as ScheduledEventsDocument, seenAt: began + at * 1000 }),
        ),
        ...tracks.flatMap(([path, track]) => faultSteps(path, track, seconds)),
        // It lasts as long as was recorded, also when nothing happened any more.
        step(seconds, { do: "incarnation" }),
      ],
    },
  };
}

function step(after: number, action: ScenarioAction): ScenarioStep {
  return { after, action };
}

function isGood(path: string, { status, body }: RecordedAnswer): boolean {
  return status === 200 && isDocument(path, body);
}

/** Each answer that was none of IMDS's documents, and each that took long, until the next one. */
function faultSteps(path: string, track: Track, seconds: number): readonly ScenarioStep[] {
  return track.flatMap((answer, index) => {
    const fault = faultOf(path, answer);
    const lasted = (track[index + 1]?.at ?? seconds) - answer.at;
    if (fault === undefined) return [];
    // What was slow was seen once; what failed, until something else came.
    const rule =
      typeof fault === "object" && "slow" in fault
        ? { fault, path }
        : { fault, path, forSeconds: Math.max(0.001, lasted) };
    return [step(answer.at, { do: "fail", rule })];
  });
}

function faultOf(path: string, answer: RecordedAnswer): Fault | undefined {
  const { status = 0, headers = {}, body, text, failure, tookMs } = answer;
  if (failure !== undefined)
    return failure === "timeout" ? "hang" : failure === "refused" ? "close" : "reset";
  if (isGood(path, answer)) return tookMs === undefined ? undefined : { slow: tookMs };
  const content = text ?? (body as object | undefined);
  return { status, headers, ...(content !== undefined && { body: content }) };
}

function nameOf(document: unknown): string {
  const { compute } = (document ?? {}) as { readonly compute?: { readonly name?: unknown } };
  return typeof compute?.name === "string" ? compute.name : "a VM";
}

/** What else depends on the VM: who it is. */
function vmOf(document: unknown): Partial<VmDescription> {
  if (document === undefined) return {};
  const { compute = {} } = document as { readonly compute?: Readonly<Record<string, unknown>> };
  const fields = [
    "name",
    "vmId",
    "location",
    "subscriptionId",
    "resourceGroupName",
    "vmScaleSetName",
    "azEnvironment",
  ];
  const known = fields.flatMap((field) => {
    const value = compute[field];
    return typeof value === "string" && value !== "" ? [[field, value]] : [];
  });
  return { ...(Object.fromEntries(known) as Partial<VmDescription>), instance: document as InstanceDocument };
}

function tenantOf(body: unknown): Partial<VmDescription> {
  const { tenantId } = (body ?? {}) as { readonly tenantId?: unknown };
  return typeof tenantId === "string" ? { tenantId } : {};
}

function loadBalancerOf(body: unknown): Partial<VmDescription> {
  const { loadbalancer } = (body ?? {}) as { readonly loadbalancer?: LoadBalancer };
  return loadbalancer === undefined ? {} : { loadBalancer: loadbalancer };
}
