import { type ScheduledEvent, type Simulator, startSimulator } from "@forewarn/imds-simulator";
import type { Random } from "../simulation/random.ts";

/** What Azure said when it was asked once. */
export interface Answer {
  /** Which run of the agent asked. */
  readonly life: number;
  readonly events: readonly ScheduledEvent[];
}

/** Azure in great haste: events of several VMs come, move, start and go, whether anybody asks or not. */
export interface World extends AsyncDisposable {
  readonly url: string;
  /** Every answer to a question for Scheduled Events, oldest first. */
  readonly answers: readonly Answer[];
  /** Takes all events away and lets none come any more. */
  calm(): void;
}

const types = ["Freeze", "Reboot", "Redeploy", "Preempt", "Terminate"] as const;
/** A VM of a scale set sees the events of all the others. */
const casts = [["web-01"], ["web-02", "web-03"], ["web-04"], ["web-05"], ["WEB-01", "web-02"]] as const;
const tickMs = 10;
const atTheStart = 150;
const mostStanding = 40;

/** Starts it; `life` says whose questions the answers are for. */
export async function startWorld(random: Random, life: () => number): Promise<World> {
  const answers: Answer[] = [];
  const simulator = await startSimulator();
  simulator.respondWith(({ path }) => {
    if (path === "/metadata/scheduledevents")
      answers.push({ life: life(), events: simulator.document().Events });
    return undefined;
  });
  for (let n = 0; n < atTheStart; n++) schedule(simulator, random);
  const ticking = setInterval(() => {
    for (let n = random.int(0, 3); n > 0; n--) happen(simulator, random);
  }, tickMs);
  return {
    url: simulator.url,
    answers,
    calm() {
      clearInterval(ticking);
      for (const { EventId } of simulator.document().Events) simulator.remove(EventId);
    },
    async [Symbol.asyncDispose]() {
      clearInterval(ticking);
      await simulator.close();
    },
  };
}

function happen(simulator: Simulator, random: Random): void {
  const standing = simulator.document().Events;
  const isCrowded = standing.length > mostStanding;
  if (standing.length === 0 || (!isCrowded && random.chance(0.4))) return schedule(simulator, random);
  const { EventId, EventStatus } = random.pick(standing);
  if (isCrowded || EventStatus === "Started" || random.chance(0.3)) simulator.remove(EventId);
  else if (random.chance(0.6)) simulator.start(EventId);
  else simulator.update(EventId, { Description: `moved ${random.next()}`, NotBefore: time(random) });
}

function schedule(simulator: Simulator, random: Random): void {
  simulator.schedule({
    EventType: random.pick(types),
    Resources: random.pick(casts),
    ...(random.chance(0.1) ? { EventStatus: "Started" } : { NotBefore: time(random) }),
  });
}

/** Some are urgent. */
function time(random: Random): Date {
  const seconds = random.chance(0.1) ? random.int(1, 120) : random.int(3600, 100_000);
  return new Date(Date.now() + seconds * 1000);
}
