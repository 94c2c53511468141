import type { EventHubsEmulator } from "../emulator-api.ts";

/** What the control API says about a running emulator. */
export function statusJson({ connectionString, connections, hubs, faults }: EventHubsEmulator): object {
  return {
    product: "@forewarn/event-hubs-emulator, not Microsoft's",
    connectionString,
    connections,
    hubs: hubs.map(({ name, partitionIds, received }) => ({
      name,
      partitions: partitionIds.length,
      received,
    })),
    faults: faults.waiting,
  };
}
