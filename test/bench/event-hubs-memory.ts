/**
 * Watches the memory of an agent that sends 200 events a second to Event Hubs, and then of the same agent at rest:
 * `node test/bench/event-hubs-memory.ts --minutes 10`, twice that long. Exit code 1 where it grows.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { startBroker } from "./event-hubs-process.ts";
import type { MemorySample } from "./event-hubs-memory-agent.ts";
import { median } from "./statistics.ts";

/** Of `heap` the lowest of a window, which is what stays after a collection. */
type Window = MemorySample & { readonly seconds: number };

const windowSeconds = 30;
/** Growth from the first third of a phase to its last that is no growth: V8 sizes its heap by the work. */
const tolerance = { heap: 1, rss: 10 };

/** V8 takes what a large machine gives before it collects; so bounded, what is left over shows. */
const small = ["--max-old-space-size=64", "--max-semi-space-size=2"];

const { values } = parseArgs({ options: { minutes: { type: "string", default: "10" } } });
const minutes = Number(values.minutes);
if (!(minutes > 0)) throw new Error(`--minutes takes a number above 0, got ${values.minutes}`);

const directory = mkdtempSync(join(tmpdir(), "forewarn-memory-"));
await using broker = await startBroker();
const child = fork(
  join(import.meta.dirname, "event-hubs-memory-agent.ts"),
  [broker.connectionString, join(directory, "state")],
  { execArgv: ["--disable-warning=ExperimentalWarning", ...small] },
);
const samples: MemorySample[] = [];
child.on("message", (sample: MemorySample) => samples.push(sample));
process.once("exit", () => {
  child.kill("SIGKILL");
  rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
});

console.log("phase     seconds   RSS MB  heap MB  delivered  failed");
const grown = [await watch("sending")];
child.send("rest");
grown.push(await watch("resting"));
child.kill("SIGKILL");
await once(child, "exit");
process.exitCode = grown.some(Boolean) ? 1 : 0;
process.disconnect?.();

/** Prints a phase window by window; whether memory grew within it. */
async function watch(phase: string): Promise<boolean> {
  const windows: Window[] = [];
  for (let seconds = windowSeconds; seconds <= minutes * 60; seconds += windowSeconds) {
    samples.length = 0;
    await sleep(windowSeconds * 1000);
    const last = samples.at(-1);
    if (last === undefined) throw new Error("the agent tells nothing any more");
    const window = { ...last, heap: Math.min(...samples.map(({ heap }) => heap)), seconds };
    windows.push(window);
    console.log(rowOf(phase, window));
  }
  // The first third warms up. Of the heap the lowest counts, since an agent at rest seldom collects.
  const third = Math.floor(windows.length / 3);
  const growth = (of: "rss" | "heap", typical: (values: readonly number[]) => number) =>
    typical(windows.slice(-third).map((window) => window[of])) -
    typical(windows.slice(third, 2 * third).map((window) => window[of]));
  const [rss, heap] = [growth("rss", median), growth("heap", (values) => Math.min(...values))];
  const isGrowing = rss > tolerance.rss || heap > tolerance.heap;
  console.log(
    `${phase}: from the middle third to the last: RSS ${signed(rss)} MB, heap ${signed(heap)} MB: ${isGrowing ? "GROWS" : "flat"}`,
  );
  return isGrowing;
}

function rowOf(phase: string, { seconds, rss, heap, delivered, failed }: Window): string {
  const cells = [seconds, rss.toFixed(1), heap.toFixed(1), delivered, failed];
  const widths = [8, 9, 9, 11, 8];
  return phase.padEnd(9) + cells.map((cell, index) => String(cell).padStart(widths[index] ?? 0)).join("");
}

function signed(value: number): string {
  return `${value < 0 ? "-" : "+"}${Math.abs(value).toFixed(1)}`;
}
