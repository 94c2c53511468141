import { newEventId } from "../events/scheduled-event.ts";
import { wait } from "../time/clock.ts";
import { machineNamed, perform } from "./perform.ts";
import type { World } from "./perform.ts";
import { planScenario } from "./plan-scenario.ts";
import { playSteps } from "./play-steps.ts";
import { watchReached } from "./reached.ts";
import type { Scenario, ScenarioStep } from "./scenario.ts";

/**
 * Plays a scenario and resolves after its last event and step; a step whose `when` has not come true by then does not
 * happen. Rejects with the signal's reason when that aborts, and with a RangeError on a name that the scenario or the
 * world does not have.
 */
export async function playScenario(
  world: World,
  scenario: Scenario,
  { timeScale, signal }: { readonly timeScale: number; readonly signal: AbortSignal },
): Promise<void> {
  const ids = scenario.events.map(() => newEventId());
  const eventIds = new Map(
    scenario.events.map(({ id }, index) => [id ?? `#${index + 1}`, ids[index] as string]),
  );
  checkNames(world, scenario, eventIds);
  const startAt = world.clock.now();
  const next = ids.values();
  const timeline = planScenario(scenario, {
    startAt,
    vmName: machineNamed(world.machines, undefined).vm.name,
    timeScale,
    newId: () => next.next().value as string,
  });

  const reached = watchReached(world.live, eventIds);
  const running = new Set<Promise<void>>();
  const due = async (step: ScenarioStep, from: number) => {
    const ms = from + (step.after * 1000) / timeScale - world.clock.now();
    // Never in the middle of the change that it follows from.
    await (ms > 0 ? wait(world.clock, ms, signal) : undefined);
    if (step.unless === undefined || !reached.has(step.unless))
      perform(world, step.action, { eventIds, timeScale });
  };
  const run = (work: Promise<void>) => {
    running.add(work);
    // Awaited below; a failure in the meantime must not count as nobody's.
    work.then(
      () => running.delete(work),
      () => {},
    );
  };
  try {
    for (const step of scenario.steps ?? []) {
      const { when } = step;
      if (when === undefined) run(due(step, startAt));
      else reached.once(when, () => run(due(step, world.clock.now())));
    }
    run(playSteps(world.live, timeline, signal, world.clock));
    while (running.size > 0) await Promise.all(running);
  } finally {
    reached.stop();
  }
}

function checkNames(world: World, { steps = [] }: Scenario, eventIds: ReadonlyMap<string, string>): void {
  for (const { action, when, unless } of steps) {
    const events = [when?.event, unless?.event, "event" in action ? action.event : undefined];
    for (const event of events)
      if (event !== undefined && !eventIds.has(event))
        throw new RangeError(`A step names the event ${event}, which the scenario does not have.`);
    if ("vm" in action) machineNamed(world.machines, action.vm);
  }
}
