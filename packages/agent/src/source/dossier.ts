import { ImdsError, type InstanceDocument } from "@forewarn/imds";
import { type Clock, type InstanceChange, unknownVm, type Vm } from "@forewarn/sdk";
import { changesBetween } from "../metadata/changes.ts";
import { canonical, isMap, type Machine, partAt, textAt, withoutEmpty } from "../metadata/machine.ts";
import { merged } from "../metadata/merge.ts";
import { normalOf } from "../metadata/normal.ts";
import { createRules } from "../metadata/rules.ts";
import type { EventDraft } from "../normalize/draft.ts";
import type { Outbox } from "../outbox/outbox.ts";
import { rfc3339 } from "../time/rfc3339.ts";
import type { MetadataSettings } from "../settings.ts";
import { vmOf } from "./observer.ts";
import { ownEvent } from "./own-event.ts";
import type { Recorder } from "./recorder.ts";

/** Keeps what is known of the VM, and tells what it is and how it changes. */
export interface Dossier {
  /** What enters every event. */
  vm(): Vm;
  /** Takes a document over. Throws an `ImdsError` of code `wrong-shape`, and knows what it knew, where it cannot be this VM's. */
  learn(document: InstanceDocument): void;
  /**
   * Records what has not been told yet, in one transaction with what is known then. With `once` the whole is told only
   * where it is new. What could not be stored is told the next time.
   */
  tell(record: Recorder, once: boolean): void;
  /** How long until the whole of it is told again, ms; infinite where it never is. */
  untilHeartbeat(): number;
}

/** What was told last, as it is stored. */
interface Told {
  readonly machine: Machine;
  /** When the VM was last seen like this, epoch milliseconds. */
  readonly at: number;
  /** Of the rules that it was made by. */
  readonly rules: string;
}

const checkpointName = "machine";
/** The largest real one, with 50 tags, 64 disks and 8 interfaces, has not a fifth of it. */
const mostText = 1e6;

/** Goes on from what the state directory remembers. */
export function createDossier(options: {
  readonly outbox: Pick<Outbox, "checkpoint">;
  readonly clock: Clock;
  readonly settings: MetadataSettings;
}): Dossier {
  const { outbox, clock, settings } = options;
  const rules = createRules(settings);
  let told = outbox.checkpoint<Told>(checkpointName);
  let machine = told === null ? null : withoutEmpty(rules.apply(told.machine));
  let vm = machine === null ? (outbox.checkpoint<Vm>("instance") ?? unknownVm) : vmOf(machine);
  /** Whether a document has been read, and whether the whole of it has been told in this process. */
  let read = false;
  let observedAt: number | null = null;

  /** What changed since it was last told; null where that was nothing, or another VM. */
  function changes(now: Machine): readonly InstanceChange[] | null {
    if (told === null || !isSameVm(told.machine, now)) return null;
    const before = withoutEmpty(rules.apply(told.machine));
    const found = changesBetween(before, now);
    // What these rules let through and those of then did not has not appeared.
    return told.rules === rules.fingerprint ? found : found.filter(({ from }) => from !== null);
  }

  const untilHeartbeat = () =>
    settings.heartbeatMs === null || observedAt === null
      ? Number.POSITIVE_INFINITY
      : Math.max(0, observedAt + settings.heartbeatMs - clock.monotonic());

  function draftsOf(now: Machine, once: boolean): readonly EventDraft[] {
    const changed = changes(now);
    const isNew = changed === null || (once ? changed.length > 0 : observedAt === null);
    const drafts: EventDraft[] = [];
    if (told !== null && changed !== null && changed.length > 0) {
      const since = rfc3339(told.at);
      drafts.push(ownEvent("io.forewarn.instance.changed", clock.now(), { changes: [...changed], since }));
    }
    if (isNew || untilHeartbeat() === 0) {
      const reason = isNew ? "start" : "heartbeat";
      drafts.push(ownEvent("io.forewarn.instance.observed", clock.now(), { reason, instance: now }));
    }
    return drafts;
  }

  return {
    vm: () => vm,
    learn(document) {
      const said = checked(rules.apply(normalOf(document)), machine);
      const known = machine !== null && isSameVm(machine, said) ? machine : {};
      const next = withoutEmpty(merged(known, said));
      if (canonical(next).length > mostText) throw refused("it is larger than any VM's");
      machine = next;
      vm = vmOf(next);
      read = true;
    },
    tell(record, once) {
      if (machine === null || !read) return;
      const drafts = draftsOf(machine, once);
      const now: Told = { machine, at: clock.now(), rules: rules.fingerprint };
      const isStored =
        told !== null && told.rules === now.rules && canonical(told.machine) === canonical(machine);
      if (drafts.length > 0 || !isStored) {
        if (!record(drafts, { checkpoints: { instance: vm, [checkpointName]: now } })) return;
        if (drafts.some(({ type }) => type === "io.forewarn.instance.observed"))
          observedAt = clock.monotonic();
      }
      told = now;
    },
    untilHeartbeat,
  };
}

/** Whether two machines are of one VM; what does not say whose it is is of the one that is known. */
function isSameVm(a: Machine, b: Machine): boolean {
  const [one, other] = [textAt(a, "compute", "vmId"), textAt(b, "compute", "vmId")];
  return one === null || other === null || one.toLowerCase() === other.toLowerCase();
}

/** What a document says, as far as it can be: a VM has a name and an id, and a network interface that it is asked over. */
function checked(said: Machine, known: Machine | null): Machine {
  for (const name of ["vmId", "name"]) {
    if (known !== null && partAt(said, "compute", name) === null) throw refused(`its ${name} is empty`);
  }
  if (known === null && textAt(said, "compute", "vmId") === null && textAt(said, "compute", "name") === null)
    throw refused("it has neither a vmId nor a name");
  const { network, ...rest } = said;
  if (!isMap(network)) return said;
  const { interface: interfaces, ...others } = network;
  const isEmpty = interfaces === null || (isMap(interfaces) && Object.keys(interfaces).length === 0);
  return isEmpty ? { ...rest, network: others } : said;
}

function refused(why: string): ImdsError {
  return new ImdsError(`The instance document cannot be this VM's: ${why}. What was known stays.`, {
    code: "wrong-shape",
    retryable: true,
    path: "/metadata/instance",
  });
}
