/** Simulates the agent for as many seeds as asked; see test/simulation. */
import { parseArgs } from "node:util";
import { simulate } from "../simulation/simulate.ts";

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "1000" },
    trace: { type: "boolean", default: false },
    seed: { type: "string", default: String(Date.now() % 1_000_000_000) },
  },
});
const first = Number(values.seed);
const count = Number(values.seeds);
if (![first, count].every(Number.isSafeInteger)) {
  console.error("--seed and --seeds are whole numbers, as in: npm run soak -- --seed 7 --seeds 1");
  process.exit(64);
}

const began = performance.now();
let failed = 0;
let events = 0;
for (let seed = first; seed < first + count; seed++) {
  const outcome = await simulate(seed, values.trace ? tell : undefined);
  events += outcome.events;
  if (outcome.wrong.length === 0) continue;
  failed++;
  console.log(`seed ${seed} (npm run soak -- --seed ${seed} --seeds 1):`);
  for (const wrong of outcome.wrong.slice(0, 10)) console.log(`  ${wrong}`);
  if (count === 1) console.log(JSON.stringify(outcome.plan, null, 2));
}
const seconds = (performance.now() - began) / 1000;
console.log(
  `${count} seeds from ${first}, ${events} events, ${failed} failed, ${seconds.toFixed(1)} s, ${(count / seconds).toFixed(1)} seeds/s`,
);
process.exitCode = failed === 0 ? 0 : 1;

function tell(what: string, said: unknown): void {
  const { envelopes, ...rest } = Array.isArray(said)
    ? { envelopes: said }
    : (said as Record<string, unknown>);
  const ids = (envelopes as readonly { readonly id: string }[] | undefined)?.map(({ id }) => id.slice(-30));
  console.log(what, JSON.stringify(rest), ...(ids ?? []));
}
