import { pollingDelaysRestarts } from "@forewarn/agent";
import { isImdsError } from "@forewarn/imds";
import { formatDuration } from "@forewarn/sdk";
import { about, type Finding } from "./finding.ts";
import type { Patient } from "./patient.ts";

const { ok, note, fail, skipped } = about("scheduled-events");

/** An answer that was waited for longer comes of a service that was just switched on. */
const promptMs = 5000;

/** Whether Scheduled Events answers, whether it was on before, and what it means that it is. */
export async function* checkScheduledEvents({ client, instance }: Patient): AsyncIterable<Finding> {
  if (instance === null) return yield skipped("Scheduled Events cannot be asked for");
  const began = performance.now();
  try {
    const { events, incarnation } = await client.scheduledEvents();
    const ms = performance.now() - began;
    const many = events.length === 1 ? "1 event" : `${events.length} events`;
    yield ok(
      `Scheduled Events answers, ${many} in incarnation ${incarnation}${
        ms > promptMs
          ? `, after ${formatDuration(ms)}: it was switched on just now, and what is planned comes within 5 minutes`
          : ""
      }`,
    );
  } catch (error) {
    if (!isImdsError(error)) throw error;
    return yield fail(`Scheduled Events does not answer well: ${error.message}`);
  }
  yield note(pollingDelaysRestarts);
  const { vmScaleSetName, virtualMachineScaleSet, priority } = instance.compute ?? {};
  if ((vmScaleSetName || virtualMachineScaleSet?.id || "") === "") return;
  yield priority === "Spot"
    ? ok("A spot VM of a scale set gets Preempt, at best 30 s ahead, and never Terminate")
    : note(
        "A VM of a scale set gets Terminate only where the set has termination notifications switched on",
        "az vmss update -g GROUP -n SET --enable-terminate-notification true --terminate-notification-time 10",
      );
}
