/** `npm run test:crash -- [--kills N] [--seed N] [--cli FILE]`: kills the built agent under load, and judges. */
import { parseArgs } from "node:util";
import { crashRun } from "./crash-run.ts";

const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "100" },
    seed: { type: "string", default: String(Math.floor(Math.random() * 1e9)) },
    cli: { type: "string" },
  },
});
const seed = Number(values.seed);
console.log(`${values.kills} kills, seed ${seed} (repeat it with --seed ${seed})`);
const began = performance.now();
const { findings, ...report } = await crashRun({
  kills: Number(values.kills),
  seed,
  ...(values.cli === undefined ? {} : { bin: values.cli }),
});
console.log(`${report.kills} kills: ${JSON.stringify(report.deaths)}`);
console.log(`${report.questions} answers of IMDS gave ${report.events} events`);
console.log(`${report.repairs} damaged files were put aside`);
const spread = (ms: readonly number[]) => `${ms[ms.length >> 1]} ms median, ${ms.at(-1)} ms at most`;
console.log(`start to first question: ${spread(report.starts)}`);
console.log(`of that, processor time: ${spread(report.startsOfProcessor)}`);
console.table(report.receipts);
for (const finding of findings.slice(0, 30)) console.log(`WRONG: ${finding}`);
const seconds = Math.round((performance.now() - began) / 1000);
console.log(`${findings.length === 0 ? "nothing was lost" : `${findings.length} findings`}, in ${seconds} s`);
process.exitCode = findings.length === 0 ? 0 : 1;
