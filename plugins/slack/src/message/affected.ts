import type { ScheduledEventData } from "@forewarn/sdk";

/** The VMs that an event affects, the observing one first where it is among them. */
export function affectedVms({ affectsSelf, resources, vm }: ScheduledEventData): readonly string[] {
  const { name } = vm;
  if (name === null || affectsSelf === false) return resources;
  const own = name.toLowerCase();
  const others = resources.filter((resource) => resource.toLowerCase() !== own);
  return affectsSelf === true || others.length < resources.length ? [name, ...others] : resources;
}

/** Whether an event is about other VMs only. */
export function concernsOthers({ affectsSelf }: ScheduledEventData): boolean {
  return affectsSelf === false;
}
