import { alwaysOn, createEnabling } from "./events/enabling.ts";
import type { Enabling } from "./events/enabling.ts";
import { scheduledEventsVersions } from "./events/document-versions.ts";
import { completeEvent } from "./events/event-patch.ts";
import { createLiveDocument } from "./events/live-document.ts";
import { instanceVersions } from "./http/api-version.ts";
import { createTokenIssuer } from "./identity/access-token.ts";
import { createTokenKey } from "./identity/token-key.ts";
import { listenForMachines } from "./machine/listen-for-machines.ts";
import { createMachine } from "./machine/machine.ts";
import type { Machine } from "./machine/machine.ts";
import { createAuthority } from "./pki/authority.ts";
import { checkTimeScale } from "./scenarios/plan-scenario.ts";
import { playScenario } from "./scenarios/play-scenario.ts";
import { findScenario } from "./scenarios/scenarios.ts";
import type { SimulatedVm, Simulator, SimulatorOptions, VmOptions } from "./simulator-api.ts";
import { systemClock } from "./time/clock.ts";
import type { SimulatorClock } from "./time/clock.ts";
import { describeVms } from "./vm/describe-vms.ts";

/**
 * Starts a simulated IMDS and resolves once it listens. Rejects with a ListenError when an address cannot be used, and
 * with a RangeError on a time scale or rate limit that is not positive, and on VMs that cannot be told apart.
 */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const timeScale = checkTimeScale(options.timeScale ?? 1);
  const clock = options.clock ?? systemClock;
  const enabling = enablingOf(options, timeScale, clock);
  const live = createLiveDocument(clock, enabling);
  if (options.onChange) live.onChange(options.onChange);

  let served = 0;
  const onServed = (incarnation: number) => {
    if (incarnation === served) return;
    served = incarnation;
    options.onServed?.(incarnation);
  };

  const wanted = vmsOf(options);
  const apiVersions = {
    instance: (options.apiVersions?.instance ?? instanceVersions).toSorted(),
    scheduledEvents: (options.apiVersions?.scheduledEvents ?? scheduledEventsVersions).toSorted(),
  };
  const tokenKey = createTokenKey();
  const shared = {
    apiVersions,
    live,
    served: onServed,
    rateLimit: options.rateLimit,
    identityRateLimit: options.identityRateLimit,
    tokens: createTokenIssuer(tokenKey, clock.now),
    authority: createAuthority(tokenKey, clock.now, options.attestedIntermediate ?? false),
    clock,
  };
  const machines = describeVms(wanted.map(({ port: _port, sourceAddress: _source, ...vm }) => vm)).map((vm) =>
    createMachine(vm, shared),
  );
  const listening = await listenForMachines(
    machines.map((machine, index) => ({
      machine,
      port: wanted[index]?.port,
      sourceAddress: wanted[index]?.sourceAddress,
    })),
    {
      host: options.host ?? "127.0.0.1",
      port: options.port ?? 0,
      bySource: options.bySource ?? false,
      now: clock.now,
    },
  );
  const vms = machines.map((machine, index) =>
    simulatedVm(machine, listening.urls[index] as string, listening.sources[index]),
  );
  const first = vms[0] as SimulatedVm;

  const closing = new AbortController();
  const close = async () => {
    closing.abort();
    live.stop();
    await listening.close();
  };

  return {
    ...first,
    get vm() {
      return first.vm;
    },
    get faults() {
      return first.faults;
    },
    vms,
    document: live.snapshot,
    schedule(event) {
      const whole = completeEvent(event, first.vm.name, timeScale, clock.now());
      live.add(whole);
      return whole;
    },
    timeScale,
    start: (eventId) => live.start(eventId),
    update: live.update,
    remove: live.remove,
    restore: live.restore,
    skipIncarnations: live.skipIncarnations,
    resetIncarnation: live.resetIncarnation,
    switchOff: enabling.switchOff,
    async play(scenario, playOptions = {}) {
      const story = typeof scenario === "string" ? findScenario(scenario) : scenario;
      const scale = checkTimeScale(playOptions.timeScale ?? timeScale);
      const { signal } = playOptions;
      const stop = signal ? AbortSignal.any([signal, closing.signal]) : closing.signal;
      try {
        await playScenario({ live, machines, clock }, story, { timeScale: scale, signal: stop });
      } catch (error) {
        if (!closing.signal.aborted || signal?.aborted) throw error;
      }
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

function enablingOf({ enabling }: SimulatorOptions, timeScale: number, clock: SimulatorClock): Enabling {
  if (enabling === undefined || enabling === false) return alwaysOn;
  return createEnabling(enabling === true ? {} : enabling, timeScale, clock.now);
}

function vmsOf({ vm, vms }: SimulatorOptions): readonly VmOptions[] {
  if (vms === undefined) return [vm ?? {}];
  if (vm === undefined) return vms;
  throw new RangeError("Give either vm or vms: the first of vms is the one that vm describes.");
}

function simulatedVm(machine: Machine, url: string, sourceAddress: string | undefined): SimulatedVm {
  return {
    url,
    sourceAddress,
    get vm() {
      return machine.vm;
    },
    requests: machine.requests,
    updateVm: (patch) => machine.update(patch),
    respondNext: (...next) => machine.faults.push(next),
    respondWith: machine.faults.hook,
    fail: machine.faults.add,
    get faults() {
      return machine.faults.waiting;
    },
    clearFaults: machine.faults.clear,
  };
}
