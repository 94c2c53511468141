import { instanceEndpoint } from "./endpoints/instance.ts";
import { scheduledEventsEndpoint } from "./endpoints/scheduled-events.ts";
import { versionsEndpoint } from "./endpoints/versions.ts";
import { scheduledEventsVersions } from "./events/document-versions.ts";
import { completeEvent } from "./events/event-patch.ts";
import { createLiveDocument } from "./events/live-document.ts";
import { tooManyRequests } from "./http/answer.ts";
import { instanceVersions } from "./http/api-version.ts";
import { answerRequest } from "./http/endpoint.ts";
import type { Endpoints } from "./http/endpoint.ts";
import { createFaults, sendFault } from "./http/fault.ts";
import { listen } from "./http/http-server.ts";
import { createRateLimit } from "./http/rate-limit.ts";
import { createRequestLog } from "./http/request.ts";
import { sendAnswer } from "./http/send-answer.ts";
import { checkTimeScale, planScenario } from "./scenarios/plan-scenario.ts";
import { playSteps } from "./scenarios/play-steps.ts";
import type { Simulator, SimulatorOptions } from "./simulator-api.ts";
import { instanceDocument } from "./vm/instance-document.ts";
import { defaultVm } from "./vm/vm-description.ts";

/**
 * Starts a simulated IMDS and resolves once it listens. Rejects with a ListenError when the address cannot be used, and
 * with a RangeError on a time scale or rate limit that is not positive.
 */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const timeScale = checkTimeScale(options.timeScale ?? 1);
  let vm = { ...defaultVm, ...options.vm };
  const live = createLiveDocument();
  if (options.onChange) live.onChange(options.onChange);

  let served = 0;
  const onServed = (incarnation: number) => {
    if (incarnation <= served) return;
    served = incarnation;
    options.onServed?.(incarnation);
  };

  const instance = (options.apiVersions?.instance ?? instanceVersions).toSorted();
  const scheduledEvents = (options.apiVersions?.scheduledEvents ?? scheduledEventsVersions).toSorted();
  const endpoints: Endpoints = new Map([
    ["versions", versionsEndpoint(instance)],
    ["instance", instanceEndpoint(instance, () => instanceDocument(vm))],
    ["scheduledevents", scheduledEventsEndpoint(scheduledEvents, live, onServed)],
  ]);

  const log = createRequestLog();
  const faults = createFaults();
  const withinLimit = createRateLimit(options.rateLimit);
  const server = await listen(options.host ?? "127.0.0.1", options.port ?? 0, async (request, response) => {
    log.add(request);
    const honest = async () => (withinLimit() ? answerRequest(endpoints, request) : tooManyRequests);
    const fault = faults.take(request);
    if (fault === undefined) sendAnswer(response, await honest());
    else await sendFault(response, fault, honest);
  });

  const closing = new AbortController();
  const close = async () => {
    closing.abort();
    await server.close();
  };

  return {
    url: server.url,
    get vm() {
      return vm;
    },
    requests: log.requests,
    document: live.snapshot,
    schedule(event) {
      const whole = completeEvent(event, vm.name, timeScale);
      live.add(whole);
      return whole;
    },
    start: (eventId) => live.start(eventId),
    update: live.update,
    remove: live.remove,
    updateVm(patch) {
      vm = { ...vm, ...patch };
    },
    async play(scenario, playOptions = {}) {
      const steps = planScenario(scenario, {
        startAt: Date.now(),
        vmName: vm.name,
        timeScale: playOptions.timeScale ?? timeScale,
      });
      const { signal } = playOptions;
      const stop = signal ? AbortSignal.any([signal, closing.signal]) : closing.signal;
      try {
        await playSteps(live, steps, stop);
      } catch (error) {
        if (!closing.signal.aborted || signal?.aborted) throw error;
      }
    },
    respondNext: (...next) => faults.push(next),
    respondWith: faults.hook,
    close,
    [Symbol.asyncDispose]: close,
  };
}
