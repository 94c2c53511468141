import { createShape } from "../checked/shape.ts";
import { VmSchema } from "../checked/vm-schema.ts";
import type { Shape } from "../checked/shape.ts";
import { scenarioSeconds } from "../scenarios/scenario.ts";
import { scenarios } from "../scenarios/scenarios.ts";
import type { Simulator } from "../simulator-api.ts";
import type { VmDescription } from "../vm/vm-description.ts";
import { controlError, findingsError } from "./control-error.ts";
import {
  EventPatchSchema,
  FaultRuleSchema,
  IncarnationSchema,
  NewEventSchema,
  PlaySchema,
} from "./control-schemas.ts";
import type { EventBody, FaultRuleBody, PlayBody } from "./control-schemas.ts";
import {
  eventPatch,
  faultRule,
  newEvent,
  requestsJson,
  statusJson,
  vmJson,
  vmsNamed,
} from "./control-values.ts";
import type { Plays } from "./plays.ts";

/** A request of the control API, its body parsed. */
export interface ControlRequest {
  readonly method: string;
  /** Decoded, without empty ones. */
  readonly segments: readonly string[];
  readonly parameters: URLSearchParams;
  /** Undefined without a body. */
  readonly body: unknown;
}

/** What handlers work on. */
export interface Controlled {
  readonly simulator: Simulator;
  readonly plays: Plays;
}

interface Route {
  /** One sentence for people. */
  readonly does: string;
  /** The path segment `*`, and the query and checked body. */
  handle(controlled: Controlled, name: string, request: ControlRequest): unknown;
}

const newEventShape = createShape(NewEventSchema, "the event");
const eventPatchShape = createShape(EventPatchSchema, "the event");
const playShape = createShape(PlaySchema, "the play");
const faultShape = createShape(FaultRuleSchema, "the fault");
const incarnationShape = createShape(IncarnationSchema, "the incarnation");
const vmShape = createShape(VmSchema, "the VM");

/** Every method and path; `*` stands for a name or an id. */
export const routes: Readonly<Record<string, Route>> = {
  "GET /": { does: "Lists what there is.", handle: () => routeList() },
  "GET /status": {
    does: "Tells where the VMs are, the document, and what plays.",
    handle: ({ simulator, plays }) => statusJson(simulator, plays),
  },
  "GET /events": {
    does: "The document as api-version 2020-07-01 shows it.",
    handle: ({ simulator }) => simulator.document(),
  },
  "POST /events": {
    does: "Schedules an event; only its EventType is needed.",
    handle: ({ simulator }, _name, { body }) =>
      simulator.schedule(newEvent(checked<EventBody>(newEventShape, body), simulator.timeScale)),
  },
  "PATCH /events/*": {
    does: "Changes fields of an event.",
    handle({ simulator }, id, { body }) {
      const patch = checked<EventBody>(eventPatchShape, body);
      known(simulator, id);
      simulator.update(id, eventPatch(patch, simulator.timeScale));
      return simulator.document();
    },
  },
  "DELETE /events/*": {
    does: "Removes an event, as Azure does with completed and cancelled ones.",
    handle: eventAction("remove"),
  },
  "POST /events/*/start": { does: "Starts an event.", handle: eventAction("start") },
  "POST /events/*/restore": {
    does: "Puts a removed event back.",
    handle({ simulator }, id) {
      simulator.restore(id);
      return simulator.document();
    },
  },
  "POST /incarnation": {
    does: "Sets DocumentIncarnation, or lets the next change skip some.",
    handle({ simulator }, _name, { body }) {
      const { reset, skip } = checked<{ reset?: number; skip?: number }>(incarnationShape, body);
      if (reset !== undefined) simulator.resetIncarnation(reset);
      if (skip !== undefined) simulator.skipIncarnations(skip);
      return simulator.document();
    },
  },
  "POST /off": {
    does: "Switches Scheduled Events off, as a day without requests does.",
    handle: ({ simulator }) => simulator.switchOff(),
  },
  "GET /scenarios": {
    does: "The built-in scenarios.",
    handle: () =>
      Object.entries(scenarios).map(([name, story]) => ({
        name,
        seconds: scenarioSeconds(story),
        summary: story.summary,
      })),
  },
  "GET /plays": { does: "The scenarios that play.", handle: ({ plays }) => plays.playing },
  "POST /plays": {
    does: "Plays a scenario by its name, or one sent along.",
    handle: ({ plays }, _name, { body }) => plays.start(checked<PlayBody>(playShape, body)),
  },
  "DELETE /plays": {
    does: "Stops them; the document stays as it is.",
    handle: ({ plays }) => ({ stopped: plays.stop() }),
  },
  "DELETE /plays/*": {
    does: "Stops one of them.",
    handle: ({ plays }, id) => ({ stopped: plays.stop(Number(id)) }),
  },
  "GET /vms": {
    does: "The VMs and where to ask them.",
    handle: ({ simulator }) => simulator.vms.map(vmJson),
  },
  "PATCH /vms/*": {
    does: "Changes a VM: its tags, its size, anything.",
    handle({ simulator }, name, { body }) {
      const patch = checked<Partial<VmDescription>>(vmShape, body);
      const [vm] = vmsNamed(simulator, name);
      vm?.updateVm(patch);
      return vm?.vm;
    },
  },
  "GET /faults": {
    does: "The faults that may still strike, by VM.",
    handle: ({ simulator }) => faultsJson(simulator),
  },
  "POST /faults": {
    does: "Lets requests go wrong.",
    handle({ simulator }, _name, { body }) {
      const { vm, ...rule } = checked<FaultRuleBody>(faultShape, body);
      for (const struck of vmsNamed(simulator, vm)) struck.fail(faultRule(rule));
      return faultsJson(simulator);
    },
  },
  "DELETE /faults": {
    does: "Takes all faults back.",
    handle: ({ simulator }) => simulator.vms.forEach((vm) => vm.clearFaults()),
  },
  "GET /requests": {
    does: "The requests that came, ?vm= of one VM, ?limit= the last so many.",
    handle: ({ simulator }, _name, { parameters }) => requestsJson(simulator, parameters),
  },
};

function eventAction(action: "remove" | "start"): Route["handle"] {
  return ({ simulator }, id) => {
    known(simulator, id);
    simulator[action](id);
    return simulator.document();
  };
}

function known(simulator: Simulator, id: string): void {
  const { Events } = simulator.document();
  if (Events.some(({ EventId }) => EventId.toUpperCase() === id.toUpperCase())) return;
  const cure =
    Events.length === 0
      ? "Schedule one first: POST /events."
      : `There are ${Events.map(({ EventId }) => EventId).join(", ")}.`;
  throw controlError(404, `There is no event ${id} in the document.`, "the path", cure);
}

function checked<Body>(shape: Shape, body: unknown): Body {
  const [first, ...others] = shape(body ?? {});
  if (first !== undefined) throw findingsError([first, ...others]);
  return (body ?? {}) as Body;
}

function faultsJson(simulator: Simulator): object {
  return Object.fromEntries(simulator.vms.map(({ vm, faults }) => [vm.name, faults]));
}

function routeList(): object {
  return Object.fromEntries(Object.entries(routes).map(([route, { does }]) => [route, does]));
}
