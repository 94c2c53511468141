import { watch } from "node:fs";
import type { Forewarn } from "../e2e/forewarn.ts";
import type { Random } from "../simulation/random.ts";

/** When a life ends: so many milliseconds after something happened. */
export interface Death {
  readonly after: "spawn" | "first question" | "news" | "arrivals" | "reload" | "repair";
  readonly ms: number;
  /** How many answers or arrivals are awaited. */
  readonly count: number;
}

/** What of a life can be seen from outside. */
export interface Life {
  readonly agent: Forewarn;
  /** How often the agent asked for Scheduled Events. */
  readonly questions: () => number;
  /** How many events came to all destinations. */
  readonly arrivals: () => number;
  readonly state: string;
  /** Makes the agent read another configuration. */
  readonly reload: () => void;
}

/** Chooses a death; every sixth one comes while a damaged file is put aside. */
export function chooseDeath(random: Random, life: number): Death {
  const death = (after: Death["after"], most: number, count = 1): Death => ({
    after,
    ms: random.int(0, most),
    count,
  });
  if (life % 6 === 5) return death("repair", random.pick([0, 5, 50]));
  return random.pick([
    () => death("spawn", 60),
    () => death("spawn", 600),
    () => death("first question", 40),
    () => death("news", 12, random.int(1, 8)),
    () => death("news", 12, random.int(5, 15)),
    () => death("news", 300, random.int(3, 12)),
    () => death("arrivals", 10, random.int(1, 200)),
    () => death("reload", 60, random.int(1, 4)),
  ])();
}

const patienceMs = 20_000;
const pause = (ms: number) => new Promise<void>((next) => setTimeout(next, ms));

/** Kills the agent at its moment; returns what is wrong where that never came. */
export async function bringAbout({ after, ms, count }: Death, life: Life): Promise<string | null> {
  const { agent } = life;
  const repair = after === "repair" ? awaitRepair(life) : null;
  const moment: Readonly<Record<Death["after"], () => boolean>> = {
    spawn: () => true,
    "first question": () => life.questions() >= 1,
    // The answer before this one is on disk, or on its way there.
    news: () => life.questions() >= count,
    arrivals: () => life.arrivals() >= count,
    reload: () => life.questions() >= count,
    repair: () => repair?.begun() ?? true,
  };
  const until = Date.now() + patienceMs;
  const hasEnded = () => agent.child.exitCode !== null || agent.child.signalCode !== null;
  while (!moment[after]() && !hasEnded() && Date.now() < until) await pause(1);
  const late = Date.now() >= until;
  repair?.end();
  if (after === "reload") life.reload();
  if (ms > 0) await pause(ms);
  const ended = hasEnded();
  await agent.end("SIGKILL");
  if (ended)
    return `it ended by itself, as ${agent.child.exitCode ?? agent.child.signalCode}: ${agent.stderr()}`;
  return late ? `${after} (${count}) never came: ${agent.stderr()}` : null;
}

/** A repair begins when a file beside the outbox appears; it has passed unseen where the agent already asks. */
function awaitRepair({ state, questions }: Life): { begun(): boolean; end(): void } {
  let seen = false;
  const watcher = watch(state, (_, name) => {
    seen ||= /^outbox\.db\.(?!.*-(?:wal|shm)$)/.test(name ?? "");
  });
  return { begun: () => seen || questions() >= 12, end: () => watcher.close() };
}
