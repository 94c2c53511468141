import type { ScheduledEventData } from "@forewarn/sdk";
import { inWords } from "./duration.ts";

/** What an event type means for the VM, in sentences for people; literal mrkdwn without values of the event. */
export interface Advice {
  /** The type as people say it; undefined for one that Forewarn does not know. */
  readonly name?: string;
  readonly meaning: string;
  /** What to do while it is announced. */
  readonly before: string;
  /** What to do while it is under way. */
  readonly during: string;
  /** What to do when it is over. */
  readonly after: string;
  /** Whether the VM is gone for good. */
  readonly isFinal?: true;
}

const check = "check that its services are well.";
const comesBack = `wait for it to come back, then ${check}`;
const goneForGood = "make sure that others have taken over its work. It does not come back by itself.";

// What is lost and kept: learn.microsoft.com/azure/virtual-machines/linux/scheduled-events.
const known: Readonly<Record<string, (pause: string, harmless: boolean) => Advice>> = {
  freeze: (pause, harmless) => ({
    name: "Freeze",
    meaning: harmless
      ? "Azure works on the host; the VM is not interrupted."
      : `The VM stands still${pause}; memory and open files are kept.`,
    before: harmless
      ? "nothing."
      : "usually nothing. Where a pause hurts (cluster heartbeats, real time), fail over before it.",
    during: harmless ? "nothing." : "wait; it is a matter of seconds.",
    after: harmless ? "nothing." : "check what depends on short timeouts.",
  }),
  reboot: () => ({
    name: "Reboot",
    meaning: "The VM restarts: what is in memory is lost.",
    before: "drain it: out of the load balancer, let work finish, stop services cleanly. It comes back.",
    during: comesBack,
    after: check,
  }),
  redeploy: () => ({
    name: "Redeploy",
    meaning: "The VM moves to another host and restarts: memory and the temporary disk are lost.",
    before: "save what is on the temporary disk, then drain it. It comes back.",
    during: comesBack,
    after: `${check} Its temporary disk is empty.`,
  }),
  preempt: () => ({
    name: "Spot eviction",
    meaning: "Azure takes this spot VM away: memory and temporary disks are lost.",
    before: "*drain now*, there are only seconds. It does not come back by itself.",
    during: goneForGood,
    after: goneForGood,
    isFinal: true,
  }),
  terminate: () => ({
    name: "Deletion",
    meaning: "The VM is deleted.",
    before: "drain it and save what exists only there. It does not come back.",
    during: goneForGood,
    after: goneForGood,
    isFinal: true,
  }),
};

/** The advice for an event's type, in any case; of an unknown type it says so. */
export function adviceFor({ eventType, durationSeconds }: ScheduledEventData): Advice {
  const pause =
    durationSeconds === null ? " for a moment" : ` for about ${inWords(Math.max(0, durationSeconds) * 1000)}`;
  const type = eventType.toLowerCase();
  const make = Object.hasOwn(known, type) ? known[type] : undefined;
  return (
    make?.(pause, durationSeconds === 0) ?? {
      meaning: "Forewarn does not know this type of event: Azure has added it since.",
      before: "read Azure's words below, and expect an interruption.",
      during: "watch it.",
      after: check,
    }
  );
}
