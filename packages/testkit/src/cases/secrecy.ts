import type { ForewarnEvent } from "@forewarn/sdk";
import { type Bench, type Chapter, must } from "../case.ts";
import type { Behaviour, Capability } from "../harness.ts";
import { leaksIn } from "../secrets.ts";
import { story } from "../samples.ts";
import { alone, broken } from "../verdict.ts";
import { printedBy } from "../witness.ts";

/** What a sink must keep to itself. */
export const secrecy: Chapter = {
  title: "secrecy",
  cases: [
    must("shows no secret in a log, an error or an excerpt", [], async (bench) => {
      const rigs = [];
      for (const behaviour of troubles(bench)) rigs.push(await troubled(bench, behaviour));
      const leaks = rigs.flatMap(({ witness, secrets }) => leaksIn(witness.traces, secrets));
      if (leaks.length > 0) broken(`a secret can be seen in ${[...new Set(leaks)].join("; ")}`);
    }),

    must("prints nothing", [], async (bench) => {
      const printed = await printedBy(async () => {
        for (const behaviour of troubles(bench)) await troubled(bench, behaviour);
      });
      if (printed.length > 0) {
        broken(`use context.log; this was printed: ${JSON.stringify(printed.join("").slice(0, 500))}`);
      }
    }),
  ],
};

function troubles(bench: Bench): readonly Behaviour[] {
  const all: readonly (readonly [Capability, Behaviour])[] = [
    ["reject", { kind: "reject" }],
    ["retry", { kind: "retry" }],
    ["misconfigured", { kind: "misconfigured" }],
    ["throttle", { kind: "throttle", retryAfter: "17" }],
    ["reset", { kind: "reset-before-answer" }],
    ["down", { kind: "down" }],
  ];
  return [
    { kind: "accept" },
    ...all.filter(([capability]) => bench.has(capability)).map(([, behaviour]) => behaviour),
  ];
}

async function troubled(bench: Bench, behaviour: Behaviour) {
  const rig = await bench.rig();
  await rig.end.behave(behaviour);
  await rig.attempt(alone(rig, story(1)[0] as ForewarnEvent));
  await rig.probe();
  return rig;
}
