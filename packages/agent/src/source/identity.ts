import type { ImdsClient, InstanceDocument } from "@forewarn/imds";
import type { Clock } from "@forewarn/sdk";
import type { Outbox } from "../outbox/outbox.ts";
import type { MetadataSettings } from "../settings.ts";
import type { Telemetry } from "../telemetry.ts";
import { uuidv7 } from "../uuid.ts";
import { createAnswerStreak } from "./answer-streak.ts";
import { createDossier } from "./dossier.ts";
import { type Observer, sourceOf } from "./observer.ts";
import type { Recorder } from "./recorder.ts";

/** Who this VM is, as far as it is known. */
export interface Identity {
  observer(): Observer;
  /** Resolves with the first answer of this process, good or bad; who asks first waits 2 s at most, and nobody after. */
  known(): Promise<void>;
  /**
   * Reads the instance document now and then at every interval, until the signal aborts, and tells what the VM is and
   * how it changes: not before `after`, and with `once` the whole only where it is new.
   */
  run(record: Recorder, signal: AbortSignal, how?: Telling): Promise<void>;
}

/** When and how much is told of the VM. */
export interface Telling {
  readonly after?: Promise<unknown>;
  readonly once?: boolean;
}

const patienceMs = 2000;
const again = 5000;

/** The last instance document on disk serves until a new one comes. */
export function createIdentity(options: {
  readonly imds: Pick<ImdsClient, "instance">;
  readonly clock: Clock;
  readonly outbox: Pick<Outbox, "checkpoint">;
  readonly settings: MetadataSettings;
  readonly telemetry: Telemetry;
  readonly simulated: boolean;
  /** What the operating system calls the machine. */
  readonly hostname?: string;
}): Identity {
  const { imds, clock, outbox, settings, telemetry, simulated, hostname } = options;
  const agentId = outbox.checkpoint<string>("agent") ?? uuidv7(clock.now());
  const first = Promise.withResolvers<void>();
  const dossier = createDossier({ outbox, clock, settings });
  /** Whole documents that cannot be of this VM, which the client has taken for good answers. */
  const streak = createAnswerStreak("instance", { telemetry, clock });

  async function read(signal: AbortSignal): Promise<boolean> {
    try {
      return learn(await imds.instance("", { signal }));
    } catch {
      // The scheduled-events poll tells that IMDS is away; one voice is enough.
      return false;
    } finally {
      first.resolve();
    }
  }

  function learn(document: InstanceDocument): boolean {
    try {
      dossier.learn(document);
    } catch (error) {
      streak.bad({ code: "wrong-shape", message: (error as Error).message });
      return false;
    }
    streak.good();
    return true;
  }

  return {
    observer() {
      const vm = dossier.vm();
      const named = hostname === undefined ? vm : { ...vm, hostname };
      return { source: sourceOf(vm, agentId), vm: named, simulated };
    },
    async known() {
      const waited = new AbortController();
      await Promise.race([first.promise, clock.sleep(patienceMs, waited.signal)]);
      waited.abort();
      first.resolve();
    },
    async run(record, signal, { after, once = false } = {}) {
      record([], { checkpoints: { agent: agentId } });
      while (!signal.aborted) {
        const good = await read(signal);
        await after;
        if (good) dossier.tell(record, once);
        const untilNext = good ? Math.min(settings.intervalMs, dossier.untilHeartbeat()) : again;
        await clock.sleep(Math.min(untilNext, settings.intervalMs), signal);
      }
    },
  };
}
