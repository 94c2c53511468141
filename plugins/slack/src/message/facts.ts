import type { ScheduledEventData, Vm } from "@forewarn/sdk";
import { affectedVms, concernsOthers } from "./affected.ts";
import { code } from "./mrkdwn.ts";

/** Chooses tags by name. */
export type ChooseTags = (name: string) => boolean;

const mostNames = 20;
const mostTags = 20;

/** What is known of a VM, each as one fact in mrkdwn; what is unknown is left out. */
export function vmFacts(vm: Vm, choose: ChooseTags, label = "VM"): readonly string[] {
  return [
    fact(label, vm.name ?? vm.hostname ?? null),
    vm.location === null
      ? ""
      : `*Region*  ${code(vm.location)}${vm.zone === null ? "" : ` zone ${code(vm.zone)}`}`,
    fact("Size", vm.size),
    fact("Scale set", vm.scaleSet),
    tagFact(vm.tags, choose),
  ].filter((text) => text !== "");
}

/** The facts of a scheduled event: whom it affects, beside what is known of the VM that observed it. */
export function eventFacts(data: ScheduledEventData, choose: ChooseTags): readonly string[] {
  if (concernsOthers(data)) {
    return [names("Affects", affectedVms(data)), ...vmFacts(data.vm, choose, "Observed by")];
  }
  const [first, ...others] = affectedVms(data);
  const vm = data.vm.name === null && first !== undefined ? { ...data.vm, name: first } : data.vm;
  return [...vmFacts(vm, choose), names("Also affects", others)].filter((text) => text !== "");
}

function fact(label: string, value: string | null): string {
  return value === null ? "" : `*${label}*  ${code(value)}`;
}

function names(label: string, vms: readonly string[]): string {
  if (vms.length === 0) return "";
  const more = vms.length - mostNames;
  const shown = vms.slice(0, mostNames).map((name) => code(name, 60));
  return `*${label}*  ${shown.join(" ")}${more > 0 ? ` and ${more} more` : ""}`;
}

function tagFact(tags: Readonly<Record<string, string>>, choose: ChooseTags): string {
  const chosen = Object.entries(tags).filter(([name]) => choose(name));
  if (chosen.length === 0) return "";
  const shown = chosen.slice(0, mostTags).map(([name, value]) => code(`${name}=${value}`, 80));
  const more = chosen.length - shown.length;
  return `*Tags*  ${shown.join(" ")}${more > 0 ? ` and ${more} more` : ""}`;
}
