import type { EnablingOptions } from "./events/enabling.ts";
import type { EventPatch, NewScheduledEvent } from "./events/event-patch.ts";
import type { DocumentChange } from "./events/live-document.ts";
import type { ScheduledEvent, ScheduledEventsDocument } from "./events/scheduled-event.ts";
import type { ApiVersions } from "./http/api-version.ts";
import type { Fault, FaultHook, FaultRule } from "./http/fault.ts";
import type { ReceivedRequest } from "./http/request.ts";
import type { Scenario } from "./scenarios/scenario.ts";
import type { ScenarioName } from "./scenarios/scenarios.ts";
import type { SimulatorClock } from "./time/clock.ts";
import type { VmDescription } from "./vm/vm-description.ts";

/** One of several VMs: its description, and where it is asked. */
export interface VmOptions extends Partial<VmDescription> {
  /** Default: the one after the VM before, or any free one. */
  readonly port?: number;
  /** With `bySource`: the address its requests come from. Default 127.0.0.2 for the first VM, 127.0.0.3 for the next. */
  readonly sourceAddress?: string;
}

/** How to start a simulator; everything has a default. */
export interface SimulatorOptions {
  /** The address to listen on. Default 127.0.0.1. */
  readonly host?: string;
  /** Default 0: any free port. */
  readonly port?: number;
  /** Laid over the default VM, a standalone Linux VM named web-01. */
  readonly vm?: Partial<VmDescription>;
  /**
   * Several VMs of one placement group in place of `vm`: each sees the events of all, and may approve them for all. What
   * nobody gave is different for each; names and vmIds must be unique, else a RangeError.
   */
  readonly vms?: readonly VmOptions[];
  /**
   * False: each VM has a port of its own, the first one `port`, the next ones those that follow. True: all have `port`,
   * and a request is of the VM whose `sourceAddress` it comes from; from any other address it is of the first VM.
   */
  readonly bySource?: boolean;
  /** Divides every wait of scenarios and the notice of `schedule`. Default 1: real time. */
  readonly timeScale?: number;
  /** Default: the machine's own time. Sockets know nothing of it. */
  readonly clock?: SimulatorClock;
  readonly apiVersions?: Partial<ApiVersions>;
  /** Requests in any 1000 ms for each VM, all others get 429; Azure allows 5. Default: no limit. */
  readonly rateLimit?: number;
  /** The same for managed identities, which do not count above; Azure allows 20. Default: no limit. */
  readonly identityRateLimit?: number;
  /**
   * True: attested documents hold the intermediate certificate. Default false, as Azure documents it: the leaf says where
   * the intermediate lies (`/pki/intermediate.cer` of the simulator).
   */
  readonly attestedIntermediate?: boolean;
  /**
   * Switches Scheduled Events on by the first request, which takes long, and off after a day without one, as Azure does;
   * true = with the documented times. Default false: on from the start and for ever.
   */
  readonly enabling?: EnablingOptions | boolean;
  /** Called after each change of the Scheduled Events document. */
  readonly onChange?: (change: DocumentChange) => void;
  /** Called when a document was first served whole since it changed, once per incarnation, the first one included. */
  readonly onServed?: (incarnation: number) => void;
}

/** How to play a scenario. */
export interface PlayOptions {
  readonly signal?: AbortSignal;
  /** Default: that of the simulator. */
  readonly timeScale?: number;
}

/** One VM as a simulator shows it. */
export interface SimulatedVm {
  /** `http://127.0.0.1:8169`, to which `/metadata/...` is appended. */
  readonly url: string;
  /** The address from which it must be asked, where several VMs share one port. */
  readonly sourceAddress: string | undefined;
  readonly vm: VmDescription;
  /** Its last 1000 requests, oldest first, faulty ones included. */
  readonly requests: readonly ReceivedRequest[];
  /** Changes the VM, so that the next `/metadata/instance` shows it; a scenario that plays keeps the name it began with. */
  updateVm(patch: Partial<VmDescription>): void;
  /** The next requests get these faults, one each, whatever they ask. */
  respondNext(...faults: readonly Fault[]): void;
  /** Asks the hook about each request until the returned function is called; undefined = answer honestly. */
  respondWith(hook: FaultHook): () => void;
  /** Lets requests go wrong by a rule, for so many of them or so long; the returned function takes it back. */
  fail(rule: FaultRule): () => void;
  /** The faults that may still strike, but for those of hooks. */
  readonly faults: readonly FaultRule[];
  /** Takes all of them back. */
  clearFaults(): void;
}

/**
 * A running simulated IMDS; `await using` closes it. It is its first VM, usually the only one, and the placement group
 * around it: `vms` has all.
 */
export interface Simulator extends SimulatedVm, AsyncDisposable {
  /** All VMs, the first one included. */
  readonly vms: readonly SimulatedVm[];
  /** What every wait is divided by, unless a play has its own. */
  readonly timeScale: number;
  /** The Scheduled Events document as api-version 2020-07-01 shows it now. */
  document(): ScheduledEventsDocument;
  /** Adds an event and returns it; it stays as it is until `start`, `update`, `remove` or a client's approval. */
  schedule(event: NewScheduledEvent): ScheduledEvent;
  /** Makes an event Started, its NotBefore ""; throws a RangeError on an unknown id. */
  start(eventId: string): void;
  /** Changes fields of an event; throws a RangeError on an unknown id. */
  update(eventId: string, patch: EventPatch): void;
  /** Takes an event out of the document, as Azure does with completed and cancelled ones; throws a RangeError on an unknown id. */
  remove(eventId: string): void;
  /** Puts an event back that was removed, as it last stood; throws a RangeError when there was none of that id. */
  restore(eventId: string): void;
  /** Lets the next change raise DocumentIncarnation by so many more than one, as if steps fell between two polls. */
  skipIncarnations(count: number): void;
  /** Sets DocumentIncarnation back at once, by default to 1; the events stay. */
  resetIncarnation(to?: number): void;
  /** Switches Scheduled Events off, as a day without requests does; throws a RangeError without `enabling`. */
  switchOff(): void;
  /**
   * Plays a scenario and resolves when it ended or the simulator was closed. Rejects with the signal's reason when that
   * aborts (the document stays as it is then), and with a RangeError on an unknown name or time scale. Several may play.
   */
  play(scenario: Scenario | ScenarioName, options?: PlayOptions): Promise<void>;
  /** Stops scenarios and closes every connection at once. */
  close(): Promise<void>;
}
