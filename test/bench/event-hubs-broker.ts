/** The Event Hubs emulator in a process of its own; its parent asks by messages when so many events have come. */
import { startEventHubsEmulator } from "@forewarn/event-hubs-emulator";
import type { BrokerMessage } from "./event-hubs-process.ts";

const emulator = await startEventHubsEmulator();
const hub = emulator.hub("hub");
const tell = (message: BrokerMessage) => process.send?.(message);

process.on("message", (wanted: number) => {
  void hub
    .waitFor(wanted)
    .then(() => tell({ received: wanted, at: performance.timeOrigin + performance.now() }));
});
process.once("disconnect", () => process.exit());
tell({ connectionString: emulator.connectionString });
