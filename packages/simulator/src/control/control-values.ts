import type { EventPatch, NewScheduledEvent } from "../events/event-patch.ts";
import type { Fault, FaultRule } from "../http/fault.ts";
import type { SimulatedVm, Simulator } from "../simulator-api.ts";
import { secondsOf } from "../time/duration.ts";
import { controlError } from "./control-error.ts";
import type { EventBody, FaultRuleBody } from "./control-schemas.ts";
import type { Plays } from "./plays.ts";

/** The patch of a body; a `notice` becomes a NotBefore that far from now. */
export function eventPatch({ notice, ...patch }: EventBody, timeScale: number): EventPatch {
  const given = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined));
  if (notice === undefined) return given;
  return { ...given, NotBefore: new Date(Date.now() + (secondsOf(notice) * 1000) / timeScale) };
}

/** The new event of a body that has an EventType. */
export function newEvent(body: EventBody, timeScale: number): NewScheduledEvent {
  return eventPatch(body, timeScale) as NewScheduledEvent;
}

/** The rule of a body. */
export function faultRule({ fault, next, for: duration, path }: Omit<FaultRuleBody, "vm">): FaultRule {
  return {
    fault: fault as Fault,
    ...(next !== undefined && { next }),
    ...(duration !== undefined && { forSeconds: secondsOf(duration) }),
    ...(path !== undefined && { path }),
  };
}

/** The VM of that name in any letter case, all without one; throws a ControlError. */
export function vmsNamed(simulator: Simulator, name: string | undefined): readonly SimulatedVm[] {
  if (name === undefined) return simulator.vms;
  const found = simulator.vms.filter(({ vm }) => vm.name.toLowerCase() === name.toLowerCase());
  if (found.length > 0) return found;
  const names = simulator.vms.map(({ vm }) => vm.name).join(", ");
  throw controlError(404, `There is no VM ${name}.`, "vm", `There are ${names}.`);
}

/** Where the VMs are, the document, and what plays. */
export function statusJson(simulator: Simulator, { playing }: Plays): object {
  return {
    product: "@forewarn/imds-simulator, not Microsoft's",
    timeScale: simulator.timeScale,
    vms: simulator.vms.map(vmJson),
    document: simulator.document(),
    playing,
  };
}

/** A VM and where it is asked. */
export function vmJson({ url, sourceAddress, vm, requests, faults }: SimulatedVm): object {
  return {
    url,
    ...(sourceAddress !== undefined && { sourceAddress }),
    vm,
    requests: requests.length,
    faults,
  };
}

/** The requests of one VM or all, oldest first. */
export function requestsJson(simulator: Simulator, parameters: URLSearchParams): object {
  const limit = parameters.get("limit") ?? "1000";
  if (!/^[1-9]\d{0,5}$/.test(limit))
    throw controlError(400, `limit is "${limit}".`, "limit", "Give a whole number such as 10.");
  return vmsNamed(simulator, parameters.get("vm") ?? undefined)
    .flatMap(({ vm, requests }) =>
      requests.map(({ at, method, path, query, userAgent, remoteAddress, body }) => ({
        vm: vm.name,
        at: new Date(at).toISOString(),
        method,
        target: query === "" ? path : `${path}?${query}`,
        userAgent,
        remoteAddress,
        ...(body !== "" && { body }),
      })),
    )
    .toSorted((one, other) => one.at.localeCompare(other.at))
    .slice(-Number(limit));
}
