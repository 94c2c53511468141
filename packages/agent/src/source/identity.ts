import type { ImdsClient } from "@forewarn/imds";
import type { Clock, Vm } from "@forewarn/sdk";
import type { Outbox } from "../outbox/outbox.ts";
import { type Observer, sourceOf, unknownVm, vmOf } from "./observer.ts";
import type { Recorder } from "./recorder.ts";
import { uuidv7 } from "./uuid.ts";

/** Who this VM is, as far as it is known. */
export interface Identity {
  observer(): Observer;
  /** Resolves with the first answer of this process, good or bad; who asks first waits 2 s at most, and nobody after. */
  known(): Promise<void>;
  /** Reads the instance document now and then at every interval, until the signal aborts. */
  run(record: Recorder, signal: AbortSignal): Promise<void>;
}

const patienceMs = 2000;
const again = 5000;

/** The last instance document on disk serves until a new one comes. */
export function createIdentity(options: {
  readonly imds: Pick<ImdsClient, "instance">;
  readonly clock: Clock;
  readonly outbox: Pick<Outbox, "checkpoint">;
  readonly intervalMs: number;
  readonly simulated: boolean;
}): Identity {
  const { imds, clock, outbox, simulated } = options;
  const agentId = outbox.checkpoint<string>("agent") ?? uuidv7(clock.now());
  const first = Promise.withResolvers<void>();
  const stored = outbox.checkpoint<Vm>("instance");
  let vm = stored ?? unknownVm;
  let written = JSON.stringify(stored);

  async function read(record: Recorder, signal: AbortSignal): Promise<boolean> {
    try {
      vm = vmOf(await imds.instance("", { signal }));
      const text = JSON.stringify(vm);
      if (text !== written && record([], { checkpoints: { instance: vm, agent: agentId } })) written = text;
      return true;
    } catch {
      // The scheduled-events poll tells that IMDS is away; one voice is enough.
      return false;
    } finally {
      first.resolve();
    }
  }

  return {
    observer: () => ({ source: sourceOf(vm, agentId), vm, simulated }),
    async known() {
      const waited = new AbortController();
      await Promise.race([first.promise, clock.sleep(patienceMs, waited.signal)]);
      waited.abort();
      first.resolve();
    },
    async run(record, signal) {
      record([], { checkpoints: { agent: agentId } });
      while (!signal.aborted) {
        const good = await read(record, signal);
        await clock.sleep(good ? options.intervalMs : Math.min(again, options.intervalMs), signal);
      }
    },
  };
}
