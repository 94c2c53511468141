import type { ServerResponse } from "node:http";

import { tooManyRequests } from "../http/answer.ts";
import { answerRequest, refuse } from "../http/endpoint.ts";
import { createFaults } from "../http/fault.ts";
import type { Faults } from "../http/fault.ts";
import { createRateLimits } from "../http/rate-limit.ts";
import type { RateLimits } from "../http/rate-limit.ts";
import { createRequestLog } from "../http/request.ts";
import type { ReceivedRequest } from "../http/request.ts";
import { sendFault } from "../http/send-fault.ts";
import { sendAnswer } from "../http/send-answer.ts";
import type { VmDescription } from "../vm/vm-description.ts";
import { vmEndpoints } from "./vm-endpoints.ts";
import type { VmContext } from "./vm-endpoints.ts";

/** One VM of the simulator, wherever it is asked: what it is, what was asked of it, and what goes wrong at it. */
export interface Machine {
  readonly vm: VmDescription;
  readonly requests: readonly ReceivedRequest[];
  readonly faults: Faults;
  update(patch: Partial<VmDescription>): void;
  answer(request: ReceivedRequest, response: ServerResponse): Promise<void>;
}

/** What a machine shares with the others of its placement group. */
export interface MachineOptions extends Omit<VmContext, "vm">, RateLimits {}

/** A VM that was asked nothing yet; throws a RangeError on a rate limit that is not positive. */
export function createMachine(description: VmDescription, options: MachineOptions): Machine {
  let vm = description;
  const log = createRequestLog();
  const faults = createFaults(options.clock);
  const withinLimit = createRateLimits(options, options.clock.now);
  const endpoints = vmEndpoints({ ...options, vm: () => vm });
  return {
    get vm() {
      return vm;
    },
    requests: log.requests,
    faults,
    update(patch) {
      vm = { ...vm, ...patch };
    },
    async answer(request, response) {
      log.add(request);
      const honest = async () =>
        (await options.authority.file(request.path)) ??
        (withinLimit(request)
          ? answerRequest(endpoints, request)
          : refuse(endpoints, request, tooManyRequests));
      const fault = faults.take(request);
      if (fault === undefined) sendAnswer(response, await honest());
      else await sendFault(response, fault, honest, options.clock);
    },
  };
}
