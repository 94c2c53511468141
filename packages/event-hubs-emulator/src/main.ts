import { runEmulator } from "./run-emulator.ts";

const { stdout, stderr } = process;
const stop = new AbortController();
process.once("SIGINT", () => stop.abort());
process.once("SIGTERM", () => stop.abort());
// The reader of a pipe has gone: `event-hubs-emulator --print | head -3`.
stdout.on("error", () => stop.abort());

process.exitCode = await runEmulator(process.argv.slice(2), { stdout, stderr, signal: stop.signal });
