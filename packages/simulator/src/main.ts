import { runSimulator } from "./run-simulator.ts";

const { stdout, stderr } = process;
const stop = new AbortController();
process.once("SIGINT", () => stop.abort());
process.once("SIGTERM", () => stop.abort());
// The reader of a pipe has gone: `imds-simulator | head -3`.
stdout.on("error", () => stop.abort());

process.exitCode = await runSimulator(process.argv.slice(2), { stdout, stderr, signal: stop.signal });
