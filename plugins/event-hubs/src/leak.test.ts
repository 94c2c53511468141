import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { type EventHubsEmulator, type Fault, startEventHubsEmulator } from "@forewarn/event-hubs-emulator";
import { describe, expect, it, onTestFinished } from "vitest";
import { openTunnel } from "./fixtures/tunnel.ts";

const program = fileURLToPath(new URL("fixtures/leak-process.ts", import.meta.url));

/** A process with a sink for each destination, one after the other; it ends only when nothing holds it any more. */
async function run(
  scenario: string,
  destinations: readonly string[],
  onDelivered?: (child: ChildProcess) => void,
) {
  const args = ["--conditions=@forewarn/source", program, scenario, ...destinations];
  const child = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "inherit"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  let closedAt = Number.NaN;
  child.stdout?.on("data", (chunk: Buffer) => {
    const text = chunk.toString();
    if (text.includes("delivered")) onDelivered?.(child);
    if (text.includes("closed")) closedAt = performance.now();
  });
  const [code] = (await once(child, "exit")) as [number | null];
  return { code, heldMs: performance.now() - closedAt };
}

/** Far less than what a leak holds: rhea's 60 s, the SDK's 45 minutes. */
const atOnceMs = 5000;

async function emulators(faults: readonly (Fault | undefined)[]) {
  const stack = new AsyncDisposableStack();
  const started: EventHubsEmulator[] = [];
  for (const fault of faults) {
    const emulator = stack.use(await startEventHubsEmulator());
    if (fault !== undefined) emulator.faults.add({ ...fault, times: "always" });
    started.push(emulator);
  }
  const destinations = started.map(({ connectionString }) => connectionString);
  return { started, destinations, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

const connections = (all: readonly EventHubsEmulator[]) =>
  all.reduce((sum, emulator) => sum + emulator.connections, 0);

describe("after close nothing holds the process", () => {
  it("works: one sink has delivered, another was only opened", async () => {
    await using all = await emulators([undefined]);
    const { code, heldMs } = await run("works", all.destinations);
    expect(code).toBe(0);
    expect(heldMs).toBeLessThan(atOnceMs);
    await expect.poll(() => connections(all.started)).toBe(0);
  });

  it("hangs: no answer, no word at all, no answer to the token, no credit", async () => {
    await using all = await emulators([
      { at: "send", do: "hang" },
      { at: "connect", do: "black-hole" },
      { at: "put-token", do: "hang" },
      { at: "attach", do: "no-credit" },
    ]);
    const { code, heldMs } = await run("hangs", all.destinations);
    expect(code).toBe(0);
    expect(heldMs).toBeLessThan(atOnceMs);
    await expect.poll(() => connections(all.started)).toBe(0);
  });

  it("freezes: a network that lets nothing through any more", async () => {
    await using all = await emulators([undefined]);
    await using tunnel = await openTunnel(all.started[0]?.port ?? 0);
    const destination = all.destinations[0]?.replace(/:\d+;/, `:${tunnel.port};`) ?? "";
    const { code, heldMs } = await run("freezes", [destination], (child) => {
      tunnel.freeze();
      child.stdin?.write("go on\n");
    });
    expect(code).toBe(0);
    expect(heldMs).toBeLessThan(atOnceMs);
  });

  it("breaks: links detached, connections closed, sockets dropped, three times each", async () => {
    await using all = await emulators([undefined, undefined, undefined]);
    const [one, two, three] = all.started;
    const { code, heldMs } = await run("breaks", all.destinations, (child) => {
      one?.detachLinks();
      two?.closeConnections();
      three?.dropConnections();
      child.stdin?.write("go on\n");
    });
    expect(code).toBe(0);
    expect(heldMs).toBeLessThan(atOnceMs);
    for (const emulator of all.started) expect(emulator.hub("hub").received).toBeGreaterThanOrEqual(4);
    await expect.poll(() => connections(all.started)).toBe(0);
  });
});
