import type { Courier } from "../attempt/courier.ts";
import type { Gather } from "../feed/gather.ts";
import type { Illness } from "../attempt/illness.ts";
import type { Load } from "../load.ts";
import type { Rush } from "../urgency/rush.ts";
import type { BatchLimits } from "../sink-settings.ts";
import type { Tries } from "../retry/tries.ts";
import type { Prober } from "./pause.ts";

/** Tries a paused sink, for the reason for which it was paused. */
export function createProber(options: {
  readonly courier: Courier;
  readonly gather: Gather;
  readonly rush: Rush;
  readonly tries: Tries;
  readonly batch: BatchLimits;
  readonly takeUrgent: () => readonly Load[];
  readonly giveBack: (load: Load) => void;
  readonly cause: () => Illness["cause"];
}): Prober {
  const { courier, gather, rush, tries, batch, takeUrgent, giveBack, cause } = options;

  async function send(given: Load): Promise<boolean> {
    const load = courier.sifted(given);
    if (load === null) return false;
    const manner = { urgent: rush.concerns(load), timeoutMs: rush.timeoutOf(load) };
    const { kind, left } = await courier.probed(load, manner);
    for (const each of left) giveBack(each);
    // Refused for itself, by a sink that takes requests again.
    return kind === "delivered" || (kind === "refused" && cause() === "request");
  }

  return {
    restsUntil: () => courier.restsUntil(true),
    async rush() {
      const [load] = takeUrgent();
      return load === undefined ? null : send(load);
    },
    async probe() {
      const asked = await courier.asked();
      if (asked === false) return false;
      if (asked === true || cause() === "opening") return true;
      for (;;) {
        const envelopes = await gather.next({ ...batch, maxEvents: 1, lingerMs: 0 });
        if (envelopes.length === 0) return false;
        const load = courier.sifted(tries.load(envelopes));
        if (load !== null) return send(load);
      }
    },
  };
}
