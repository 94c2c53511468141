import type { ForewarnEvent } from "@forewarn/sdk";
import { type Bench, type Chapter, must } from "../case.ts";
import { fieldOf } from "../outcome.ts";
import { story } from "../samples.ts";
import { alone, broken, expectKind } from "../verdict.ts";

/** The agent waits no longer than this, whatever it is told. */
const hourMs = 3_600_000;

/** Far enough from the machine's time that a sink which reads `Date` is found out. */
const aheadMs = 37 * 60_000;

/** How a sink passes on that the destination wants a pause. */
export const throttling: Chapter = {
  title: "throttling",
  cases: [
    must("passes on Retry-After in seconds", ["throttle"], async (bench) => {
      const { asked } = await throttled(bench, () => "17");
      if (asked !== 17_000) broken(`Retry-After: 17 became retryAfterMs ${String(asked)}, expected 17000`);
    }),

    must("passes on Retry-After as a date, by the clock of its context", ["throttle"], async (bench) => {
      const until = (now: number) => Math.ceil((now + 120_000) / 1000) * 1000;
      const { asked, before, after } = await throttled(bench, (now) => new Date(until(now)).toUTCString());
      const [least, most] = [until(before) - after, until(before) - before];
      if (typeof asked !== "number" || asked < least || asked > most) {
        broken(`a date in ${most} ms became retryAfterMs ${String(asked)}, expected ${least} to ${most}`);
      }
    }),

    must("leaves out a Retry-After that makes no sense", ["throttle"], async (bench) => {
      for (const nonsense of ["soon", "-5", "1e9", ""]) {
        const { asked } = await throttled(bench, () => nonsense);
        if (asked !== undefined && asked !== 0) {
          broken(
            `Retry-After: ${JSON.stringify(nonsense)} became retryAfterMs ${String(asked)}, expected none`,
          );
        }
      }
    }),

    must("passes on a huge Retry-After as a number of an hour or more", ["throttle"], async (bench) => {
      const { asked } = await throttled(bench, () => "86400000");
      if (typeof asked !== "number" || !Number.isFinite(asked) || asked < hourMs) {
        broken(`Retry-After: 86400000 became retryAfterMs ${String(asked)}; the agent caps it at an hour`);
      }
    }),
  ],
};

interface Throttled {
  /** `retryAfterMs` of the error. */
  readonly asked: unknown;
  /** The sink's clock around the delivery. */
  readonly before: number;
  readonly after: number;
}

async function throttled(bench: Bench, retryAfter: (now: number) => string): Promise<Throttled> {
  const rig = await bench.rig({ aheadMs });
  const batch = alone(rig, story(1)[0] as ForewarnEvent);
  const before = rig.clock.now();
  await rig.end.behave({ kind: "throttle", retryAfter: retryAfter(before) });
  const outcome = await rig.attempt(batch);
  const after = rig.clock.now();
  expectKind(outcome, ["retry"], "a destination that asks for a pause");
  return { asked: "error" in outcome ? fieldOf(outcome.error, "retryAfterMs") : undefined, before, after };
}
