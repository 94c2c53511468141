/**
 * Run in a network namespace: the simulator at Azure's own address, until the process is told to end. Its options are
 * the first argument, as JSON.
 */
import { type SimulatorOptions, startSimulator } from "@forewarn/imds-simulator";

const options = JSON.parse(process.argv[2] ?? "{}") as SimulatorOptions;
const simulator = await startSimulator({ ...options, host: "169.254.169.254", port: 80 });
const event = simulator.schedule({ EventType: "Freeze", NotBefore: new Date(Date.now() + 900_000) });
process.stdout.write(`${event.EventId}\n`);
process.once("SIGTERM", () => void simulator.close());
