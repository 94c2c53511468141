import type { EventPatch, NewScheduledEvent } from "./events/event-patch.ts";
import type { DocumentChange } from "./events/live-document.ts";
import type { ScheduledEvent, ScheduledEventsDocument } from "./events/scheduled-event.ts";
import type { ApiVersions } from "./http/api-version.ts";
import type { Fault, FaultHook } from "./http/fault.ts";
import type { ReceivedRequest } from "./http/request.ts";
import type { Scenario } from "./scenarios/scenario.ts";
import type { ScenarioName } from "./scenarios/scenarios.ts";
import type { VmDescription } from "./vm/vm-description.ts";

/** How to start a simulator; everything has a default. */
export interface SimulatorOptions {
  /** The address to listen on. Default 127.0.0.1. */
  readonly host?: string;
  /** Default 0: any free port. */
  readonly port?: number;
  /** Laid over the default VM, a standalone Linux VM named web-01. */
  readonly vm?: Partial<VmDescription>;
  /** Divides every wait of scenarios and the notice of `schedule`. Default 1: real time. */
  readonly timeScale?: number;
  readonly apiVersions?: Partial<ApiVersions>;
  /** Requests in any 1000 ms, all others get 429; Azure allows 5 per VM. Default: no limit. */
  readonly rateLimit?: number;
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

/** A running simulated IMDS of one VM; `await using` closes it. */
export interface Simulator extends AsyncDisposable {
  /** `http://127.0.0.1:8169`, to which `/metadata/...` is appended. */
  readonly url: string;
  readonly vm: VmDescription;
  /** The last 1000 requests, oldest first, faulty ones included. */
  readonly requests: readonly ReceivedRequest[];
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
  /** Changes the VM, so that the next `/metadata/instance` shows it; a scenario that plays keeps the name it began with. */
  updateVm(patch: Partial<VmDescription>): void;
  /**
   * Plays a scenario and resolves when it ended or the simulator was closed. Rejects with the signal's reason when that
   * aborts (the document stays as it is then), and with a RangeError on an unknown name or time scale. Several may play.
   */
  play(scenario: Scenario | ScenarioName, options?: PlayOptions): Promise<void>;
  /** The next requests get these faults, one each, whatever they ask. */
  respondNext(...faults: readonly Fault[]): void;
  /** Asks the hook about each request until the returned function is called; undefined = answer honestly. */
  respondWith(hook: FaultHook): () => void;
  /** Stops scenarios and closes every connection at once. */
  close(): Promise<void>;
}
