import type { Batch, ForewarnEvent } from "@forewarn/sdk";
import { type Bench, type Chapter, must, should } from "../case.ts";
import type { Behaviour, PlainBehaviour } from "../harness.ts";
import type { Outcome } from "../outcome.ts";
import type { Rig } from "../rig.ts";
import { story } from "../samples.ts";
import { alone, arrivedAt, broken, expectArrived, expectKind, recover } from "../verdict.ts";
import { settleAll } from "./settle.ts";

/** What a sink must say of each way to fail. */
export const failures: Chapter = {
  title: "failures",
  cases: [
    must("reports a refusal of the events as a rejection", ["reject"], async (bench) => {
      const { rig, outcome } = await failing(bench, "reject");
      expectKind(outcome, ["reject", "partial"], "events that the destination refuses for good");
      if (outcome.kind === "partial") expectAllRejected(outcome.error);
      await expectNothing(rig);
    }),

    must("reports a failure that passes as a retry", ["retry"], async (bench) => {
      const { rig, outcome } = await failing(bench, "retry");
      expectKind(outcome, ["retry"], "a destination that fails for now");
      await expectNothing(rig);
    }),

    must("delivers a batch that failed when it is tried again", ["retry"], async (bench) => {
      const { rig, batch } = await failing(bench, "retry");
      await recover(rig, batch, "after a failure that has passed");
    }),

    must("reports a fault of the set-up as misconfigured", ["misconfigured"], async (bench) => {
      const { outcome } = await failing(bench, "misconfigured");
      expectKind(outcome, ["misconfigured"], "a destination that refuses the sink");
    }),

    must("delivers when the set-up is right again", ["misconfigured"], async (bench) => {
      const { rig, batch } = await failing(bench, "misconfigured");
      await recover(rig, batch, "after the set-up was corrected");
    }),

    must("takes no event along with a refused one", ["partial"], async (bench) => {
      const rig = await bench.rig();
      const events = story(1);
      const poison = events[1] as ForewarnEvent;
      await rig.end.behave({ kind: "refuse-one", event: poison });
      const { delivered, rejected } = await settleAll(rig, events);
      await expectArrived(rig, delivered);
      if (rejected.length !== 1 || rejected[0] !== poison) {
        broken(`the destination refused ${poison.id}, but the sink rejected: ${listOf(rejected)}`);
      }
    }),

    must("reports a connection that breaks before an answer as a retry", ["reset"], async (bench) => {
      const { rig, batch, outcome } = await failing(bench, "reset-before-answer");
      expectKind(outcome, ["retry"], "a connection that breaks before an answer");
      await recover(rig, batch, "after a broken connection");
    }),

    must(
      "resolves or retries where the connection breaks within a yes",
      ["reset-in-answer"],
      async (bench) => {
        const { rig, batch, outcome } = await failing(bench, "reset-in-acceptance");
        expectKind(outcome, ["delivered", "retry"], "a connection that breaks within a yes");
        await recover(rig, batch, "after a broken connection");
      },
    ),

    must(
      "reports a connection that breaks within a refusal as a retry",
      ["reset-in-answer"],
      async (bench) => {
        const { rig, batch, outcome } = await failing(bench, "reset-in-refusal");
        expectKind(outcome, ["retry"], "a connection that breaks within a passing refusal");
        await recover(rig, batch, "after a broken connection");
      },
    ),

    must("reports a destination that is not there as a retry", ["down"], async (bench) => {
      const { rig, batch, outcome } = await failing(bench, "down");
      expectKind(outcome, ["retry"], "a destination that is not there");
      await recover(rig, batch, "after the destination came back");
    }),

    should("leaves trying again to the agent", ["retry", "own-retries"], async (bench) => {
      const rig = await bench.rig();
      const { attempts = () => bench.skip("its other end does not count attempts") } = rig.end;
      await rig.sink();
      await rig.end.behave({ kind: "retry" });
      const before = attempts();
      await rig.attempt(alone(rig, story(1)[0] as ForewarnEvent));
      const made = attempts() - before;
      if (made > 1) {
        broken(
          `one deliver tried ${made} times: throw at the first failure, the agent waits and tries again`,
        );
      }
    }),
  ],
};

/** One event, delivered to a destination that behaves so. */
async function failing(
  bench: Bench,
  kind: PlainBehaviour,
): Promise<{ readonly rig: Rig; readonly batch: Batch; readonly outcome: Outcome }> {
  const rig = await bench.rig();
  const batch = alone(rig, story(1)[0] as ForewarnEvent);
  await rig.end.behave({ kind } satisfies Behaviour);
  return { rig, batch, outcome: await rig.attempt(batch) };
}

async function expectNothing(rig: Rig): Promise<void> {
  const arrived = await arrivedAt(rig, story(1));
  if (arrived.length > 0) broken(`the other end reports as taken what it refused: ${arrived.join(", ")}`);
}

function expectAllRejected(error: unknown): void {
  const { delivered, rejected } = Object(error) as {
    readonly delivered: readonly number[];
    readonly rejected: readonly { readonly index: number }[];
  };
  if (delivered.length > 0 || rejected[0]?.index !== 0) {
    broken("the only event was refused, but the partial delivery does not say that index 0 is rejected");
  }
}

function listOf(events: readonly ForewarnEvent[]): string {
  return events.length === 0 ? "nothing" : events.map(({ id }) => id).join(", ");
}
