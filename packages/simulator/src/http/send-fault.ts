import type { ServerResponse } from "node:http";

import type { SimulatorClock } from "../time/clock.ts";
import type { ServerAnswer, TrackedAnswer } from "./answer.ts";
import type { Fault } from "./fault.ts";
import { answerOfName, answerOfStatus } from "./named-fault.ts";
import { encodeBody, sendAnswer, sendDripping, sendHalf } from "./send-answer.ts";

/** Answers with the fault; `honest` makes the answer that the request deserves, at the time it is sent. */
export async function sendFault(
  response: ServerResponse,
  fault: Fault,
  honest: () => Promise<TrackedAnswer>,
  clock: SimulatorClock,
): Promise<void> {
  if (typeof fault === "number") sendAnswer(response, answerOfStatus(fault));
  else if (typeof fault === "string") {
    const answer = answerOfName(fault);
    if (answer !== undefined) sendAnswer(response, answer);
    else await sendNamed(response, fault, honest);
  } else if ("slow" in fault) {
    if (await waited(response, fault.slow, clock)) sendAnswer(response, await honest());
  } else if ("drip" in fault)
    await sendDripping(response, await honest(), (share) => waited(response, fault.drip * share, clock));
  else if ("pad" in fault) sendAnswer(response, padded(await honest(), fault.pad));
  else sendAnswer(response, fault);
}

async function sendNamed(
  response: ServerResponse,
  fault: string,
  honest: () => Promise<TrackedAnswer>,
): Promise<void> {
  switch (fault) {
    case "hang":
      return;
    case "reset":
      response.socket?.resetAndDestroy();
      return;
    case "close":
      response.socket?.destroy();
      return;
    case "half-body":
      sendHalf(response, await honest());
      return;
    default:
      sendAnswer(response, spoiled(fault, await honest()));
  }
}

function spoiled(fault: string, answer: ServerAnswer): ServerAnswer {
  const text = Buffer.from(encodeBody(answer.body)).toString("utf8");
  switch (fault) {
    case "cut-json":
      // Without `sent`: nobody has seen the whole document.
      return {
        status: answer.status,
        ...(answer.headers && { headers: answer.headers }),
        body: text.slice(0, Math.ceil(text.length / 2)),
      };
    case "control-characters":
      // Where no string could hold them they stand between two tokens.
      return {
        ...answer,
        body: text.replaceAll(/(:\s*")(?=[^"])/g, "$1\u0001\t\u001F").replace(/^\{/, "{\u0001"),
      };
    case "byte-order-mark":
      return { ...answer, body: `\uFEFF${text}` };
    default:
      throw new RangeError(`There is no fault "${fault}".`);
  }
}

function padded(answer: ServerAnswer, length: number): ServerAnswer {
  const body = encodeBody(answer.body);
  return { ...answer, body: Buffer.concat([body, Buffer.alloc(Math.max(0, length - body.byteLength), " ")]) };
}

/** True after so many milliseconds, false once the connection is gone. */
function waited(response: ServerResponse, milliseconds: number, clock: SimulatorClock): Promise<boolean> {
  return new Promise((resolve) => {
    const cancel = clock.after(milliseconds, () => resolve(true));
    response.once("close", () => {
      cancel();
      resolve(false);
    });
  });
}
