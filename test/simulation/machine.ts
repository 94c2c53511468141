import { DatabaseSync } from "node:sqlite";
import { join } from "node:path";
import { type Agent, type ApprovalPolicy, createAgent, type StopReport } from "@forewarn/agent";
import type { VirtualClock } from "../../packages/agent/src/time/virtual-clock.ts";
import type { Azure } from "./azure.ts";
import type { Disk } from "./failing-disk.ts";
import type { Ledger } from "./ledger.ts";
import { createProcessClock, type ProcessClock } from "./process-clock.ts";
import type { Random } from "./random.ts";
import { createReference, gapAfter, type Expected, type StoredPoll } from "./reference.ts";
import type { SimulatedSink } from "./sinks.ts";
import { self } from "./stories.ts";
import { compare } from "./compare.ts";

/** The virtual machine of one run, on which one agent process after another runs. */
export interface Machine {
  start(boots: boolean): void;
  /** Ends the process as `kill -9` does: nothing that stands only in memory remains. */
  kill(): Promise<void>;
  /** Ends the process as SIGTERM does. */
  stop(): Promise<readonly StopReport[]>;
  idle(): boolean;
  setDisk(state: Disk["state"]): void;
}

/** Is told what the agent says of its work, for a person who looks for a cause. */
export type Trace = (what: string, said: unknown) => void;

const traced = [
  "appended",
  "pollFailed",
  "delivered",
  "deliveryFailed",
  "approval",
  "deadLettered",
  "deadlineMissed",
  "sinkPaused",
  "sinkResumed",
  "sinkBlocked",
  "stateFailed",
  "degraded",
  "restored",
] as const;

/** What this machine's agents let start before its time; half of them nothing. */
function policyOf(random: Random, sinks: readonly SimulatedSink[]): ApprovalPolicy | null {
  if (random.chance(0.5)) return null;
  const shared = random.chance(0.5);
  return random.chance(0.5)
    ? { eventSource: "Platform", shared }
    : { after: [random.pick(sinks.map(({ name }) => name))], shared };
}

const shutdownTimeoutMs = 10_000;
const bootBefore = "the boot before";

/** A machine whose state directory is `directory`. */
export function createMachine(context: {
  readonly directory: string;
  readonly clock: VirtualClock;
  readonly disk: Disk;
  readonly azure: Azure;
  readonly ledger: Ledger;
  readonly sinks: readonly SimulatedSink[];
  readonly random: Random;
  readonly pollIntervalMs: number;
  readonly unreachableAfterMs: number;
  readonly trace: Trace;
}): Machine {
  const { directory, clock, disk, azure, ledger, sinks, random, trace } = context;
  const { pollIntervalMs, unreachableAfterMs } = context;
  const reference = createReference({ gapAfterMs: gapAfter(pollIntervalMs) });
  const approve = policyOf(random, sinks);
  let running: { readonly agent: Agent; readonly time: ProcessClock; end(): void } | null = null;
  /** What the disk knows of the own name, and what the process knows. */
  let name: { readonly stored: string | null; readonly known: string | null } = { stored: null, known: null };
  let inMemory = false;

  /** What the disk says of the process before; where it says nothing, null. */
  function stored(boots: boolean): { readonly poll: StoredPoll; readonly unreachable: boolean } | null {
    const database = new DatabaseSync(join(directory, "outbox.db"));
    try {
      const row = database.prepare("SELECT json FROM checkpoint WHERE name = 'poll'").get();
      if (row === undefined) return null;
      const poll = JSON.parse(String(row["json"])) as StoredPoll;
      if (boots) {
        const other = JSON.stringify({ ...poll, bootId: bootBefore });
        database.prepare("UPDATE checkpoint SET json = ? WHERE name = 'poll'").run(other);
      }
      const told = database.prepare("SELECT json FROM checkpoint WHERE name = 'unreachable'").get();
      return { poll, unreachable: told !== undefined && told["json"] !== "null" };
    } catch {
      return null;
    } finally {
      database.close();
    }
  }

  function keep(): void {
    reference.keep();
    name = { ...name, stored: name.known };
  }

  function forgetMemory(): void {
    reference.forget();
    ledger.loseMemory();
    inMemory = false;
  }

  function watch(agent: Agent): void {
    for (const what of traced) agent.telemetry.on(what, ((said: unknown) => trace(what, said)) as never);
    let due: readonly Expected[] | null = null;
    agent.telemetry.on("appended", (envelopes) => {
      const moment = { wall: clock.now(), monotonic: clock.monotonic() };
      if (envelopes.some(({ durable }) => !durable)) inMemory = true;
      const ofAzure = envelopes.filter(
        ({ type }) => type.startsWith("io.forewarn.scheduledevent.") && !type.endsWith(".approved"),
      );
      if (envelopes.some(({ type }) => type === "io.forewarn.imds.unreachable")) reference.unreachable();
      // What is stored first of a good answer is what the answer means.
      if (ofAzure.length > 0) due ??= observe();
      const expected = due ?? [];
      if (ofAzure.length > 0) for (const wrong of compare(ofAzure, expected)) ledger.complain(wrong);
      for (const envelope of envelopes)
        ledger.store(
          envelope,
          ofAzure.length > 0 ? (expected.find(({ id }) => id === envelope.id) ?? null) : null,
          moment,
        );
    });
    agent.telemetry.on("polled", () => {
      if (due === null) for (const { id } of observe()) ledger.complain(`${id} should have been told`);
      due = null;
    });
    agent.telemetry.on("approval", ({ eventId, outcome }) => {
      if (outcome === "posting") reference.approve(eventId);
    });
    agent.telemetry.on("degraded", () => (inMemory = true));
    agent.telemetry.on("restored", () => {
      inMemory = false;
      ledger.saveMemory();
      keep();
    });
    agent.telemetry.on("failed", ({ error }) =>
      ledger.complain(`the agent failed: ${String((error as Error).stack)}`),
    );
  }

  function observe(): readonly Expected[] {
    const answer = azure.last();
    return answer === null ? [] : reference.observe({ ...answer, selfName: name.known });
  }

  const machine: Machine = {
    start(boots) {
      const before = stored(boots);
      const poll = before?.poll ?? null;
      // A process that is killed before its first good answer leaves it to the next one to find the new boot.
      reference.restart(poll, boots || poll?.bootId === bootBefore);
      if (before?.unreachable === true) reference.unreachable();
      name = { ...name, known: name.stored };
      const time = createProcessClock(clock);
      let isAlive = true;
      const alive = () => isAlive;
      const agent = createAgent(
        {
          imds: { pollIntervalMs, unreachableAfterMs },
          state: { path: directory },
          shutdownTimeoutMs,
          sinks: sinks.map((sink) => sink.options(alive)),
          approve,
        },
        {
          clock: time,
          random: random.next,
          environment: {},
          imds: azure.client({
            alive,
            introduced() {
              name = { known: self, stored: inMemory || disk.state !== "well" ? name.stored : self };
            },
          }),
        },
      );
      watch(agent);
      agent.start();
      running = { agent, time, end: () => (isAlive = false) };
    },
    async kill() {
      if (running === null) return;
      const { agent, time, end } = running;
      running = null;
      end();
      agent.telemetry.removeAllListeners();
      const { state } = disk;
      disk.state = "full";
      time.kill();
      await agent.stop();
      disk.state = state;
      if (inMemory || state !== "well") forgetMemory();
    },
    async stop() {
      if (running === null) return [];
      const { agent, time, end } = running;
      running = null;
      const ended: { reports?: readonly StopReport[] } = {};
      const began = clock.monotonic();
      void agent.stop().then((reports) => (ended.reports = reports));
      while (ended.reports === undefined && clock.monotonic() < began + shutdownTimeoutMs + 3000)
        await clock.advance(25);
      if (ended.reports === undefined) ledger.complain("stop did not end in time");
      if (time.sleeping() > 0) ledger.complain(`${time.sleeping()} still slept after stop`);
      end();
      agent.telemetry.removeAllListeners();
      if (inMemory && disk.state !== "well") forgetMemory();
      else {
        ledger.saveMemory();
        keep();
      }
      inMemory = false;
      return ended.reports ?? [];
    },
    idle: () => running?.agent.idle() ?? true,
    setDisk(state) {
      if (disk.state === "well" && !inMemory) keep();
      disk.state = state;
    },
  };
  return machine;
}
