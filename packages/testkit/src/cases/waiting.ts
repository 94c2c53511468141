import type { Batch, ForewarnEvent } from "@forewarn/sdk";
import { type Bench, type Chapter, must } from "../case.ts";
import { settlesWithin, until } from "../event-loop.ts";
import { type Outcome, inWords } from "../outcome.ts";
import type { Rig } from "../rig.ts";
import { story } from "../samples.ts";
import { alone, broken, expectKind, recover } from "../verdict.ts";

/** How long a sink may go on after its signal. */
const graceMs = 100;

/** When the agent gives a call up. */
const givenUpMs = 1000;

/** What happens where the destination never answers. */
export const waiting: Chapter = {
  title: "waiting",
  cases: [
    must("ends within 100 ms of an abort", ["hang"], async (bench) => {
      const { delivering } = await aborted(bench);
      await expectEnd(delivering, "deliver");
    }),

    must("reports an abort as a retry, not as a refusal", ["hang"], async (bench) => {
      const { delivering } = await aborted(bench);
      await expectEnd(delivering, "deliver", givenUpMs);
      expectKind(await delivering, ["retry"], "a delivery whose signal aborted before an answer");
    }),

    must("delivers again after an abort", ["hang"], async (bench) => {
      const { rig, batch, delivering } = await aborted(bench);
      await expectEnd(delivering, "deliver", givenUpMs);
      await recover(rig, batch, "after an abort");
    }),

    must("ends at once where its signal has aborted before", ["hang"], async (bench) => {
      const rig = await bench.rig();
      await rig.sink();
      await rig.end.behave({ kind: "hang" });
      const delivering = rig.attempt(
        alone(rig, story(1)[0] as ForewarnEvent),
        AbortSignal.abort(new Error("over")),
      );
      await expectEnd(delivering, "deliver");
      expectKind(await delivering, ["retry"], "a delivery whose signal has aborted before");
    }),
  ],
};

interface Aborted {
  readonly rig: Rig;
  readonly batch: Batch;
  readonly delivering: Promise<Outcome>;
}

/** A delivery that hangs at the other end, and is then aborted as the agent does it. */
async function aborted(bench: Bench): Promise<Aborted> {
  const rig = await bench.rig();
  const { attempts = () => broken("the harness must count attempts, or switch `hang` off") } = rig.end;
  const batch = alone(rig, story(1)[0] as ForewarnEvent);
  await rig.sink();
  await rig.end.behave({ kind: "hang" });
  const before = attempts();
  const abort = new AbortController();
  const delivering = rig.attempt(batch, abort.signal);
  let isOver = false;
  const over = () => void (isOver = true);
  delivering.then(over, over);
  await until(
    () => isOver || attempts() > before,
    rig.patienceMs,
    "the delivery has neither ended nor reached the other end",
  );
  if (isOver) broken(`deliver ended although the destination hangs: ${inWords(await delivering)}`);
  abort.abort(new Error("no answer within 15 s"));
  return { rig, batch, delivering };
}

/** Fails where a call goes on after its signal. */
export async function expectEnd(call: Promise<unknown>, name: string, ms = graceMs): Promise<void> {
  if (await settlesWithin(ms, call)) return;
  call.catch(() => {});
  broken(`${name} went on for more than ${ms} ms after its signal: pass the signal on to whatever waits`);
}
