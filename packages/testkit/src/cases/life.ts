import type { ForewarnEvent } from "@forewarn/sdk";
import { type Bench, type Chapter, must } from "../case.ts";
import type { Behaviour } from "../harness.ts";
import { inWords } from "../outcome.ts";
import { story } from "../samples.ts";
import { alone, arrivedAt, broken, expectKind } from "../verdict.ts";
import { settlesWithin } from "../event-loop.ts";
import { growth } from "./left-open.ts";
import { expectEnd } from "./waiting.ts";

/** How long opening may take where nothing answers, in time of the event loop. */
const openMs = 500;

/** Opening, probing, closing. */
export const life: Chapter = {
  title: "open, probe, close",
  cases: [
    must("opens while the destination hangs", ["hang"], (bench) => opens(bench, { kind: "hang" })),

    must("opens while the destination is not there", ["down"], (bench) => opens(bench, { kind: "down" })),

    must("sends no event but by deliver", [], async (bench) => {
      const rig = await bench.rig();
      await rig.sink();
      await rig.probe();
      const arrived = await arrivedAt(rig, []);
      const attempts = rig.end.attempts?.() ?? 0;
      if (arrived.length + attempts > 0) {
        broken(`open and probe made ${attempts} deliveries; the destination has ${arrived.length} events`);
      }
    }),

    must("probes as it delivers", ["misconfigured"], async (bench) => {
      const rig = await bench.rig();
      const healthy = (await rig.probe()) ?? bench.skip("it has no probe");
      expectKind(healthy, ["delivered"], "a probe of a destination that takes everything");
      await rig.end.behave({ kind: "misconfigured" });
      const broken = (await rig.probe()) ?? bench.skip("it has no probe");
      expectKind(broken, ["misconfigured", "retry"], "a probe of a destination that refuses the sink");
    }),

    must("ends a probe within 100 ms of an abort", ["hang"], async (bench) => {
      const rig = await bench.rig();
      if ((await rig.sink()).probe === undefined) bench.skip("it has no probe");
      await rig.end.behave({ kind: "hang" });
      const abort = new AbortController();
      const probing = rig.probe(abort.signal);
      // A probe that does not ask the destination has ended by now, and that is well.
      await settlesWithin(50, probing);
      abort.abort(new Error("no answer within 15 s"));
      await expectEnd(probing, "probe");
    }),

    must("closes after a failure, and without a delivery", ["retry"], async (bench) => {
      const unused = await bench.rig();
      await unused.sink();
      const rig = await bench.rig();
      await rig.end.behave({ kind: "retry" });
      await rig.attempt(alone(rig, story(1)[0] as ForewarnEvent));
      for (const { close } of [unused, rig]) await close();
    }),

    must("leaves nothing open", [], async (bench) => {
      const round = async () => {
        const rig = await bench.rig();
        await rig.attempt(alone(rig, story(1)[0] as ForewarnEvent));
        await rig.probe();
        if (bench.has("retry")) {
          await rig.end.behave({ kind: "retry" });
          await rig.attempt(alone(rig, story(2)[0] as ForewarnEvent));
        }
        await rig.close();
      };
      const left = await growth(round);
      if (left.length > 0) broken(`after close something is left of every round: ${left.join("; ")}`);
    }),
  ],
};

async function opens(bench: Bench, behaviour: Behaviour): Promise<void> {
  const rig = await bench.rig();
  await rig.end.behave(behaviour);
  const opening = rig.sink();
  if (!(await settlesWithin(openMs, opening))) {
    opening.catch(() => {});
    broken(
      `open waits for a destination that ${behaviour.kind === "hang" ? "hangs" : "is not there"}: leave it to deliver`,
    );
  }
  const failure = await opening.then(
    () => undefined,
    (error: unknown) => ({ kind: "retry", error }) as const,
  );
  if (failure !== undefined) broken(`open needs the destination: ${inWords(failure)}`);
}
