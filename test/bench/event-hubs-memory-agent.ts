/**
 * An agent with the Event Hubs sink under constant work: its scheduled events change with every poll, 200 events a second,
 * until it is told to rest. Tells its memory every second.
 *
 * `node event-hubs-memory-agent.ts CONNECTION_STRING DIRECTORY`
 */
import { type AgentImds, createAgent } from "@forewarn/agent";
import { parseInstance } from "@forewarn/imds";
import { eventHubs } from "@forewarn/sink-event-hubs";

/** What an agent tells every second: megabytes, and events delivered so far. */
export interface MemorySample {
  readonly rss: number;
  readonly heap: number;
  readonly delivered: number;
  readonly failed: number;
}

const perPoll = 100;
const pollIntervalMs = 500;
const [connectionString = "", path = ""] = process.argv.slice(2);

let isResting = false;
let version = 0;
const compute = { name: "vm-1", vmId: "5c37f1f4-6d8c-4d0c-9b3e-0d1c3f2a4b5e" };
const imds: AgentImds = {
  close: () => undefined,
  startRequests: () => Promise.resolve(),
  instance: (() => Promise.resolve(parseInstance(JSON.stringify({ compute })))) as AgentImds["instance"],
  token: () => Promise.reject(new Error("there are no tokens here")),
  scheduledEvents() {
    if (!isResting) version++;
    return Promise.resolve(documentOf(version));
  },
};

function documentOf(incarnation: number) {
  const events = Array.from({ length: perPoll }, (_, index) => ({
    eventId: `C7061BAC-AFDC-4513-B24B-${String(index).padStart(12, "0")}`,
    eventType: "Reboot",
    eventStatus: "Scheduled",
    resourceType: "VirtualMachine",
    resources: ["vm-1"],
    // Too far away to be urgent.
    notBefore: 4_102_444_800_000,
    notBeforeRaw: "Fri, 01 Jan 2100 00:00:00 GMT",
    // Few texts, since the agent remembers every id of an event, which is made from its text.
    description: `version ${incarnation % 16}`,
    eventSource: "Platform",
    durationSeconds: 9,
  }));
  return { incarnation, events, partial: false, warnings: [] };
}

const options = { eventHub: "hub", connectionString };
const agent = createAgent(
  {
    state: { path },
    imds: { pollIntervalMs },
    sinks: [{ name: "stream", definition: eventHubs, options }],
  },
  { imds },
);
let delivered = 0;
let failed = 0;
agent.telemetry.on("delivered", ({ envelopes }) => {
  delivered += envelopes.length;
});
agent.telemetry.on("deliveryFailed", () => {
  failed++;
});
agent.start();

const megabytes = (bytes: number) => bytes / 2 ** 20;
setInterval(() => {
  const { rss, heapUsed } = process.memoryUsage();
  const sample: MemorySample = { rss: megabytes(rss), heap: megabytes(heapUsed), delivered, failed };
  process.send?.(sample);
}, 1000);
process.once("message", () => (isResting = true));
process.once("disconnect", () => process.exit());
