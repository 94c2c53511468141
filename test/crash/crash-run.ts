import { readdirSync } from "node:fs";
import { join } from "node:path";
import { eventually } from "../e2e/eventually.ts";
import { forewarn, temporaryPlace } from "../e2e/forewarn.ts";
import { createRandom } from "../simulation/random.ts";
import { bringAbout, chooseDeath } from "./death.ts";
import { createFile, type Destination, startHub, startReceiver } from "./destinations.ts";
import { judge, type Verdict } from "./oracle.ts";
import { breakIndex, storedIn } from "./outbox-file.ts";
import { processorMs } from "./processor-time.ts";
import { startWorld } from "./world.ts";

/** How it went. */
export interface CrashReport extends Verdict {
  readonly kills: number;
  /** Where the kills struck. */
  readonly deaths: Readonly<Record<string, number>>;
  readonly questions: number;
  readonly events: number;
  /** Damaged files that were put aside. */
  readonly repairs: number;
  /** From the start of each process to its first question, milliseconds, in order of size. */
  readonly starts: readonly number[];
  /** The processor time of the same, which other programs do not lengthen; empty where the system does not tell. */
  readonly startsOfProcessor: readonly number[];
}

/** Until the first question, damaged file or not. */
const mostToStartMs = 2000;

/** Resolves when nothing has arrived for a second. */
async function quiet(destinations: readonly Destination[]): Promise<void> {
  for (let before = -1, now = 0; now !== before;) {
    before = now;
    await new Promise((next) => setTimeout(next, 1000));
    now = destinations.reduce((sum, destination) => sum + destination.arrivals().length, 0);
  }
}

/**
 * Lets the built agent live `kills` times under load, killed each time at a moment that the seed chooses, and once to a
 * clean end. The seed decides the moments and what Azure does; how the processes interleave, it cannot.
 */
export async function crashRun({
  kills,
  seed,
  bin,
}: {
  readonly kills: number;
  readonly seed: number;
  /** Another build's `bin/forewarn.js`. */
  readonly bin?: string;
}): Promise<CrashReport> {
  const random = createRandom(seed);
  let life = 0;
  const now = () => life;
  using place = temporaryPlace();
  await using world = await startWorld(random.fork(), now);
  await using receiver = await startReceiver(now);
  await using file = createFile(place.path, now);
  await using hub = await startHub(now);
  const destinations = [receiver, file, hub];
  const state = join(place.path, "state");
  const outbox = join(state, "outbox.db");
  const findings: string[] = [];
  const deaths: Record<string, number> = {};
  const starts: number[] = [];
  const startsOfProcessor: number[] = [];

  /** Writes the configuration; another `turn` makes a reload begin sinks anew. */
  function configure(turn: number): string {
    const timeout = `${15 + (turn % 2)}s`;
    return place.file(
      "forewarn.json",
      JSON.stringify({
        imds: { endpoint: world.url, pollInterval: "100ms" },
        state: { path: state },
        admin: "off",
        shutdownTimeout: "60s",
        sinks: Object.fromEntries(destinations.map(({ name, sink }) => [name, { ...sink, timeout }])),
      }),
    );
  }

  async function start() {
    life++;
    const begin = world.answers.length;
    const arrived = () => receiver.arrivals().length + hub.arrivals().length;
    const before = arrived();
    const began = performance.now();
    const agent = forewarn(["run", "-c", configure(life)], bin === undefined ? {} : { bin });
    const questions = () => world.answers.length - begin;
    const watching = setInterval(() => {
      if (questions() === 0) return;
      clearInterval(watching);
      starts.push(Math.round(performance.now() - began));
      const used = processorMs(agent.child.pid as number);
      if (used !== null) startsOfProcessor.push(used);
    }, 1);
    return {
      agent,
      questions,
      arrivals: () => arrived() - before,
      state,
      reload() {
        configure(life + 1);
        agent.child.kill("SIGHUP");
      },
      end() {
        clearInterval(watching);
        for (const destination of destinations) destination.endLife();
      },
    };
  }

  while (life < kills) {
    let death = chooseDeath(random, life + 1);
    if (death.after === "repair" && !breakIndex(outbox)) death = { ...death, after: "spawn" };
    for (const destination of destinations) destination.trouble(random.fork());
    const one = await start();
    const wrong = await bringAbout(death, one);
    one.end();
    if (wrong !== null) findings.push(`life ${life}: ${wrong}`);
    deaths[death.after] = (deaths[death.after] ?? 0) + 1;
    await new Promise((next) => setTimeout(next, random.int(0, 50)));
  }

  for (const destination of destinations) destination.trouble(null);
  const last = await start();
  await eventually(() => last.questions() >= 5, last.agent.stderr);
  world.calm();
  const calm = last.questions();
  await eventually(() => last.questions() >= calm + 3, last.agent.stderr);
  await quiet(destinations);
  const code = await last.agent.end();
  last.end();
  if (code !== 0) findings.push(`the last life ended as ${code}: ${last.agent.stderr()}`);
  if (/left [1-9]\d* on disk/.test(last.agent.stderr()))
    findings.push(`something is left: ${last.agent.stderr()}`);
  const stored = storedIn(outbox);
  const slow = startsOfProcessor.filter((ms) => ms > mostToStartMs);
  findings.push(...slow.map((ms) => `a start took ${ms} ms of processor time`));
  const verdict = judge({ answers: world.answers, stored, destinations });
  const isKept = (name: string) => name.startsWith("outbox.db.damaged-") && !/-(?:wal|shm)$/.test(name);
  return {
    ...verdict,
    findings: [...findings, ...verdict.findings],
    kills,
    deaths,
    questions: world.answers.length,
    events: stored.length,
    repairs: readdirSync(state).filter(isKept).length,
    starts: starts.toSorted((a, b) => a - b),
    startsOfProcessor: startsOfProcessor.toSorted((a, b) => a - b),
  };
}
