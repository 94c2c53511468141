import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Contestant, sinksOf, stateOf } from "./contestant.ts";
import { ofBacklog } from "./drainers.ts";
import { cpuMs, memoryOf, usageIsKnown } from "./process-usage.ts";
import { warmUp } from "./sink-process.ts";
import { openStage } from "./stage.ts";
import { eventBytes, eventJson, writeBacklog } from "./backlog-file.ts";

const patienceMs = 60_000;
const lineBytes = eventBytes + 1;
/** What the file sink takes at once. */
const eventsPerSync = 1000;

/** Lets Forewarn drain a backlog into a file; from the end of the warm-up to its last batch, by the size of the file. */
export async function drainFile(agent: Contestant, events: number) {
  await using stage = await openStage({
    ...agent,
    prepare(task) {
      writeBacklog(stateOf(task.directory), { events, sinks: ["file"] });
      const options = { path: join(task.directory, "drained"), rotateSize: "10GB" };
      const file = { type: "file", when: ofBacklog, options };
      return agent.prepare({ ...task, sinks: sinksOf({ file }) });
    },
  });
  await using player = stage.launch(1000);
  const path = join(player.directory, "drained");
  const cpu = () => (usageIsKnown ? cpuMs(player.pid) : Number.NaN);
  const failed = (error: unknown) => {
    throw new Error(`${(error as Error).message}: ${stage.said()}`);
  };
  const first = await grown(path, events * lineBytes * warmUp).catch(failed);
  const before = cpu();
  const last = await grown(path, events * lineBytes).catch(failed);
  const written = (last.bytes - first.bytes) / lineBytes;
  return {
    perSecond: (written / (last.at - first.at)) * 1000,
    cpuUs: ((cpu() - before) * 1000) / written,
    peak: usageIsKnown ? memoryOf(player.pid).peak : Number.NaN,
  };
}

async function grown(path: string, bytes: number) {
  const until = performance.now() + patienceMs;
  for (;;) {
    const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    const at = performance.now();
    if (size >= bytes) return { bytes: size, at };
    if (at > until) throw new Error(`the file sink wrote ${size} of ${bytes} bytes in ${patienceMs} ms`);
    await sleep(1);
  }
}

/** A bare loop: a write and an `fdatasync` for each batch, out of memory. */
export async function drainBareFile(events: number) {
  const directory = mkdtempSync(join(tmpdir(), "forewarn-bench-"));
  const file = openSync(join(directory, "drained"), "a");
  try {
    const encoded = Array.from({ length: events }, (_, index) => eventJson(index, index));
    const [began, before] = [performance.now(), process.cpuUsage()];
    for (let from = 0; from < events; from += eventsPerSync) {
      writeSync(file, `${encoded.slice(from, from + eventsPerSync).join("\n")}\n`);
      fdatasyncSync(file);
    }
    const { user, system } = process.cpuUsage(before);
    const perSecond = (events / (performance.now() - began)) * 1000;
    return { perSecond, cpuUs: (user + system) / events, peak: Number.NaN };
  } finally {
    closeSync(file);
    rmSync(directory, { recursive: true, force: true });
  }
}
