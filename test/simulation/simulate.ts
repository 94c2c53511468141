import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createVirtualClock } from "../../packages/agent/src/time/virtual-clock.ts";
import { type Azure, createAzure } from "./azure.ts";
import { type Course, planCourse } from "./course.ts";
import { createDisk, type Disk } from "./failing-disk.ts";
import { createLedger, type Ledger } from "./ledger.ts";
import { createMachine, type Machine, type Trace } from "./machine.ts";
import { judge } from "./oracle.ts";
import { createRandom } from "./random.ts";
import { gapAfter } from "./reference.ts";
import { createSimulatedSinks } from "./sinks.ts";
import type { Span } from "./span.ts";
import { judgeTruth } from "./truth.ts";

/** What came of one run. */
export interface Outcome {
  readonly seed: number;
  /** What the oracle has against it; empty where everything was right. */
  readonly wrong: readonly string[];
  readonly events: number;
  /** What was to happen, for a person who looks for the cause. */
  readonly plan: unknown;
}

/** 2026-11-22T20:00:00Z. */
const epoch = Date.UTC(2026, 10, 22, 20);

/** In memory where the machine has such a place: thousands of runs sync to it. */
const home = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();

/** Runs the whole agent once on virtual time, with the faults that the seed chooses, and judges it. */
export async function simulate(seed: number, trace: Trace = () => {}): Promise<Outcome> {
  const directory = mkdtempSync(join(home, "forewarn-simulation-"));
  const disk = createDisk(directory);
  try {
    return await runIn({ directory, disk, seed, trace });
  } finally {
    disk.remove();
    rmSync(directory, { recursive: true, force: true });
  }
}

async function runIn(given: {
  readonly directory: string;
  readonly disk: Disk;
  readonly seed: number;
  readonly trace: Trace;
}): Promise<Outcome> {
  const { directory, disk, seed } = given;
  const random = createRandom(seed);
  const clock = createVirtualClock({ now: epoch });
  // It takes minutes until an event is parked.
  const isLong = random.chance(0.1);
  const until = isLong ? 300_000 : random.pick([10_000, 20_000, 30_000, 60_000]);
  const ledger = createLedger();
  const azure = createAzure({ seed: random.int(0, 2 ** 31), clock, epoch, until });
  const sinks = createSimulatedSinks(random, { clock, ledger, until });
  const course = planCourse(random, until);
  const pollIntervalMs = isLong ? 5000 : random.pick([1000, 1000, 2000]);
  // Less than a gap, or as it is by default.
  const unreachableAfterMs = random.pick([3000, 90_000]);
  const trace: Trace = (what, said) => given.trace(`${clock.monotonic()} ${what}`, said);
  const machine = createMachine({
    directory,
    clock,
    disk,
    azure,
    ledger,
    sinks,
    random,
    pollIntervalMs,
    unreachableAfterMs,
    trace,
  });
  const disturbed: Span<string>[] = [];
  const plan = {
    until,
    pollIntervalMs,
    unreachableAfterMs,
    course,
    azure: azure.plan,
    sinks: sinks.map(({ name, when, timeoutMs, troubles }) => ({ name, when, timeoutMs, troubles })),
  };
  try {
    machine.start(false);
    await play(course, { clock, machine, azure, until, disturbed });
    machine.setDisk("well");
    azure.calm();
    for (const sink of sinks) sink.heal();
    await drain({ clock, machine, ledger, disturbed, restarts: random.chance(0.2) });
    for (const { sink, left } of await machine.stop())
      if (left > 0) ledger.complain(`${sink} says that ${left} events are left`);
    judge({ ledger, sinks, disturbed, directory });
    judgeTruth({ ledger, azure, course, gapAfterMs: gapAfter(pollIntervalMs) });
  } catch (error) {
    ledger.complain(`it broke: ${String((error as Error).stack)}`);
  }
  return { seed, wrong: ledger.wrong, events: ledger.entries.length, plan };
}

type Time = ReturnType<typeof createVirtualClock>;

/** Lets the course happen. */
async function play(
  course: Course,
  run: {
    readonly clock: Time;
    readonly machine: Machine;
    readonly azure: Azure;
    readonly until: number;
    readonly disturbed: Span<string>[];
  },
): Promise<void> {
  const { clock, machine, azure, until, disturbed } = run;
  for (const happening of course) {
    await clock.advance(Math.max(0, happening.at - clock.monotonic()));
    const from = clock.monotonic();
    switch (happening.kind) {
      case "disk":
        machine.setDisk(happening.state);
        continue;
      case "jump":
        clock.jump(happening.ms);
        break;
      case "suspend":
        for (let ms = 0; happening.asking && !azure.asked() && ms < 3000; ms++) await clock.advance(1);
        clock.jump(happening.ms);
        azure.goOn(happening.ms);
        break;
      case "freeze":
        await clock.freeze(happening.ms);
        break;
      case "kill":
      case "stop":
        await machine[happening.kind]();
        await clock.advance(happening.downMs);
        machine.start(happening.boots);
        break;
    }
    disturbed.push({ from, to: Math.max(clock.monotonic(), from + 1), what: happening.kind });
  }
  await clock.advance(Math.max(0, until - clock.monotonic()));
}

const mostTurns = 20;

/** Gives what waits for up to a quarter of an hour its time: a paused sink, a parked event. */
async function drain(run: {
  readonly clock: Time;
  readonly machine: Machine;
  readonly ledger: Ledger;
  readonly disturbed: Span<string>[];
  readonly restarts: boolean;
}): Promise<void> {
  const { clock, machine, ledger, disturbed, restarts } = run;
  const freeze = async (ms: number) => {
    const from = clock.monotonic();
    await clock.freeze(ms);
    disturbed.push({ from, to: clock.monotonic(), what: "freeze" });
  };
  // Six minutes: the end of a story may not be believed for five.
  await clock.advance(8000);
  await freeze(360_000);
  await clock.advance(3000);
  if (restarts) {
    await machine.stop();
    machine.start(false);
  }
  for (let turn = 0; turn < mostTurns; turn++) {
    await clock.advance(2000);
    if (machine.idle()) return;
    await freeze(300_000);
  }
  ledger.complain("it never came to rest");
}
