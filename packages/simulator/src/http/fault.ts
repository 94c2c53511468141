import type { ServerResponse } from "node:http";

import type { ServerAnswer, TrackedAnswer } from "./answer.ts";
import type { ReceivedRequest } from "./request.ts";
import { sendAnswer, sendHalf } from "./send-answer.ts";

/**
 * What the simulator does instead of its honest answer: another answer; "hang" accepts and never answers; "reset" sends
 * a TCP reset; "half-body" cuts the connection in the middle of the honest body; `slow` answers honestly after so many
 * milliseconds.
 */
export type Fault = ServerAnswer | "half-body" | "hang" | "reset" | { readonly slow: number };

/** Chooses a fault for a request, or none; called before any rule of IMDS is applied. */
export type FaultHook = (request: ReceivedRequest) => Fault | undefined;

/** The faults to come: those in the queue first, then those of the hooks, the newest hook first. */
export interface Faults {
  push(faults: readonly Fault[]): void;
  /** Returns a function that takes the hook away. */
  hook(hook: FaultHook): () => void;
  take(request: ReceivedRequest): Fault | undefined;
}

/** No faults at first. */
export function createFaults(): Faults {
  const queue: Fault[] = [];
  const hooks = new Set<FaultHook>();
  return {
    push: (faults) => void queue.push(...faults),
    hook(hook) {
      // A wrapper, so that the same function may be given twice and taken away once.
      const own: FaultHook = (request) => hook(request);
      hooks.add(own);
      return () => hooks.delete(own);
    },
    take(request) {
      if (queue.length > 0) return queue.shift();
      for (const hook of [...hooks].toReversed()) {
        const fault = hook(request);
        if (fault !== undefined) return fault;
      }
      return undefined;
    },
  };
}

/** Answers with the fault; `honest` makes the answer that the request deserves, at the time it is sent. */
export async function sendFault(
  response: ServerResponse,
  fault: Fault,
  honest: () => Promise<TrackedAnswer>,
): Promise<void> {
  if (fault === "hang") return;
  if (fault === "reset") response.socket?.resetAndDestroy();
  else if (fault === "half-body") sendHalf(response, await honest());
  else if ("slow" in fault) {
    if (await waited(response, fault.slow)) sendAnswer(response, await honest());
  } else sendAnswer(response, fault);
}

/** True after so many milliseconds, false once the connection is gone. */
function waited(response: ServerResponse, milliseconds: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(true), milliseconds);
    response.once("close", () => {
      clearTimeout(timer);
      resolve(false);
    });
  });
}
