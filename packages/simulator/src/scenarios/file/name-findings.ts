import { nameOf } from "../../checked/finding.ts";
import type { Finding, Path } from "../../checked/finding.ts";
import { didYouMean } from "../../cli/did-you-mean.ts";
import { secondsOf } from "../../time/duration.ts";
import { defaultVm } from "../../vm/vm-description.ts";
import { THIS_VM } from "../scenario.ts";
import { noticeOf } from "./scenario-of.ts";
import type { FileStep, ScenarioFile } from "./scenario-schema.ts";

const ACTIONS = ["start", "remove", "restore", "update", "changeVm", "fail", "incarnation"] as const;

/** What a schema cannot see in a scenario file that meets it: names that do not exist, and keys that exclude each other. */
export function nameFindings(file: ScenarioFile): readonly Finding[] {
  const events = (file.events ?? []).flatMap(({ id }) => (id === undefined ? [] : [id]));
  const vms = (file.vms ?? [{}]).map(({ name }, index) => name ?? (index === 0 ? defaultVm.name : ""));
  return [
    ...twice("id", file.events ?? [], "events"),
    ...twice("name", file.vms ?? [], "vms"),
    ...(file.events ?? []).flatMap((event, index) => eventFindings(event, ["events", index])),
    ...(file.steps ?? []).flatMap((step, index) => stepFindings(step, ["steps", index], events, vms)),
  ];
}

function twice<Key extends string>(
  key: Key,
  items: readonly { readonly [key in Key]?: string | undefined }[],
  list: string,
): readonly Finding[] {
  const seen = new Set<string>();
  return items.flatMap((item, index) => {
    const value = item[key];
    if (value === undefined) return [];
    const before = seen.has(value.toLowerCase());
    seen.add(value.toLowerCase());
    if (!before) return [];
    const message = `${list}[${index}].${key} is "${value}", as another one is already`;
    return [
      { code: "BAD_VALUE", path: [list, index, key], at: "value", message, cure: "give it another one" },
    ];
  });
}

function eventFindings(event: NonNullable<ScenarioFile["events"]>[number], path: Path): readonly Finding[] {
  const ends = (["startedFor", "cancelledAfter", "stays"] as const).filter((key) => event[key] !== undefined);
  const name = nameOf(path, "");
  if (ends.length > 1)
    return [
      {
        code: "BAD_VALUE",
        path: [...path, ends[1] as string],
        at: "key",
        message: `${name} has both ${ends[0]} and ${ends[1]}, which exclude each other`,
        cure: "keep one of them",
      },
    ];
  if (event.cancelledAfter === undefined || secondsOf(event.cancelledAfter) < noticeOf(event)) return [];
  return [
    {
      code: "BAD_VALUE",
      path: [...path, "cancelledAfter"],
      at: "value",
      message: `${name}.cancelledAfter is ${event.cancelledAfter}, but the event starts ${noticeOf(event)} s after it appears`,
      cure: "write less than the notice, which is the documented minimum where none is given",
    },
  ];
}

function stepFindings(
  step: FileStep,
  path: Path,
  events: readonly string[],
  vms: readonly string[],
): readonly Finding[] {
  const given = ACTIONS.filter((action) => step[action] !== undefined);
  const name = nameOf(path, "");
  const one: readonly Finding[] =
    given.length === 1
      ? []
      : [
          {
            code: given.length === 0 ? "MISSING_KEY" : "BAD_VALUE",
            path: given.length === 0 ? path : [...path, given[1] as string],
            at: "key",
            message:
              given.length === 0
                ? `${name} does nothing`
                : `${name} does two things, ${given[0]} and ${given[1]}`,
            cure:
              given.length === 0
                ? `add one of ${ACTIONS.join(", ")}`
                : "make a step of each, with the same after",
          },
        ];
  const named: readonly (readonly [string | undefined, Path])[] = [
    [step.when?.event, ["when", "event"]],
    [step.unless?.event, ["unless", "event"]],
    [step.start, ["start"]],
    [step.remove, ["remove"]],
    [step.restore, ["restore"]],
    [step.update?.event, ["update", "event"]],
  ];
  return [
    ...one,
    ...named.flatMap(([value, inside]) => unknown("event", value, [...path, ...inside], events)),
    ...unknown("VM", step.changeVm?.vm, [...path, "changeVm", "vm"], [...vms, THIS_VM]),
    ...unknown("VM", step.fail?.vm, [...path, "fail", "vm"], [...vms, THIS_VM]),
  ];
}

function unknown(
  kind: string,
  value: string | undefined,
  path: Path,
  known: readonly string[],
): readonly Finding[] {
  if (value === undefined || known.some((name) => name.toLowerCase() === value.toLowerCase())) return [];
  const near = didYouMean(value, known).trim();
  const all = known.length === 0 ? `give an ${kind} this id` : `there are ${known.join(", ")}`;
  return [
    {
      code: "UNKNOWN_NAME",
      path,
      at: "value",
      message: `${nameOf(path, "")} names the ${kind} "${value}", which the scenario does not have`,
      cure: near === "" ? all : near,
    },
  ];
}
