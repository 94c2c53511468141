import { type Agent, createAgent, createRedactor, ruleOf, StateError } from "@forewarn/agent";
import { isImdsError } from "@forewarn/imds";
import { formatDuration, type Logger, parseDuration } from "@forewarn/sdk";
import { type Command, type Given, UsageError } from "../../command.ts";
import { placeText, warningText } from "../../config/problems/warning.ts";
import type { Settings } from "../../config/settings.ts";
import { tellStateError } from "../../errors/tell-state-error.ts";
import { exitCode } from "../../exit-code.ts";
import type { Io } from "../../io.ts";
import { createLogger } from "../../log/logger.ts";
import { narrate } from "../../log/narrate.ts";
import { logUncaught, withoutSecrets } from "../../log/uncaught.ts";
import { printEvents } from "../../print/print-events.ts";
import { serviceOf } from "../../service/service-of.ts";
import type { Service } from "../../service/service.ts";
import { type Ending, untilSignal } from "../../signals.ts";
import { ScenarioFileError } from "../../simulate/scenario-file-error.ts";
import type { Simulation } from "../../simulate/simulation.ts";
import { summaryText, tally } from "../../simulate/summary.ts";
import { tidyHeapLater } from "../../tidy-heap.ts";
import { tellUnmeantExit } from "../../unmeant-exit.ts";
import { version } from "../../version.ts";
import { configOption, loadSettings, readAgain } from "../given/configuration.ts";
import { codeOf, tellSinks } from "./end.ts";
import { reloading } from "./reload.ts";
import { targetsOf, usesStandardOutput } from "./targets.ts";

/** The main job. */
export const run: Command = {
  name: "run",
  summary: "Watches this VM and forwards its events to the configured sinks.",
  options: {
    ...configOption,
    once: { type: "boolean", help: "Poll once, deliver what is pending, and end: for cron and timers." },
    for: { type: "string", value: "DURATION", help: "How long --once may take. Default 25s." },
    simulate: {
      type: "string",
      value: "SCENARIO",
      help: "Run against an IMDS simulator of its own: a scenario by name, or a file: ./story.yaml. Default: demo.",
    },
    "time-scale": {
      type: "string",
      value: "N",
      help: "Divide the waits of the simulated scenario by N, or by less where a part of it could not be seen.",
    },
    keep: { type: "boolean", help: "With --simulate: play the scenario again and again until stopped." },
    print: { type: "boolean", help: "Print each event as it is delivered." },
  },
  optionalValues: { simulate: "demo" },
  examples: [
    ["forewarn run -c forewarn.yaml", "watch until SIGTERM"],
    ["forewarn run --simulate preempt-spot --print", "try a configuration without Azure"],
    ["forewarn run --simulate ./story.yaml --time-scale 60", "a scenario of your own, in a 60th of its time"],
    ["forewarn run --once --for 25s", "from a timer; exit 75 when something is left"],
  ],
  async run({ options }, io) {
    const once = onceOf(options);
    const forLooking = options["simulate"] !== undefined;
    let reload: (() => void) | undefined;
    const ending = untilSignal({
      reader: forLooking,
      ...(forLooking || once !== undefined ? {} : { hangup: () => reload?.() }),
    });
    let simulation: Simulation | undefined;
    try {
      simulation = await simulationOf(options);
      const loaded = await loadSettings(options, { ...io, env: { ...simulation?.env, ...io.env } });
      if (loaded === null) return exitCode.config;
      return await runAgent(loaded, options, {
        io,
        ending,
        simulation,
        once,
        onHangup(act) {
          reload = act;
        },
      });
    } catch (error) {
      if (isImdsError(error) && error.code === "invalid-argument") {
        io.stderr.write(`forewarn run: imds.endpoint: ${error.message}\n`);
        return exitCode.config;
      }
      if (error instanceof ScenarioFileError) {
        io.stderr.write(`${error.message}\n`);
        return exitCode.config;
      }
      if (!(error instanceof StateError)) throw error;
      tellStateError("run", error, io);
      return error.code === "STATE_LOCKED" ? exitCode.temporary : exitCode.cannotCreate;
    } finally {
      await simulation?.close();
      ending.dispose();
    }
  },
};

interface RunContext {
  readonly io: Io;
  readonly ending: Ending;
  readonly simulation: Simulation | undefined;
  /** Says what to do when the process is told to read its configuration again. */
  readonly onHangup: (act: () => void) => void;
  /** How long `--once` may take, in milliseconds; undefined without it. */
  readonly once: number | undefined;
}

async function runAgent(given: Settings, options: Given["options"], context: RunContext): Promise<number> {
  const { simulation, once } = context;
  const settings = simulation === undefined ? given : simulated(given, simulation);
  // Standard output holds nothing but events where a sink writes them there.
  const io = usesStandardOutput(settings.sinks) ? { ...context.io, stdout: context.io.stderr } : context.io;
  let redact = redactorOf(settings);
  const log = createLogger(settings.log, io, (text) => redact(text));
  // Whoever polls once is gone before anybody could ask.
  const agent = createAgent(once === undefined ? settings : { ...settings, admin: false }, { log });
  const narrator = narrate(agent.telemetry, log, once !== undefined);
  const service = await serviceOf(agent, settings, { env: io.env, log });
  const failed = new Promise<never>((_, reject) => {
    agent.telemetry.once("failed", ({ error }) => reject(withoutSecrets(error, redact)));
  });
  // A fault of the agent's own work comes as `failed`.
  logUncaught(log);
  tellUnmeantExit(log, context.ending.isOver);
  announce(settings, simulation, log);
  context.onHangup(
    reloading({
      agent,
      log,
      service,
      read: () => readAgain(options, io),
      adopt(next) {
        // What was secret before may still be said.
        const before = redact;
        const now = redactorOf(next);
        redact = (text) => now(before(text));
      },
    }),
  );
  const json = options["json"] === true;
  const counted = tally(agent.telemetry);
  const printed =
    options["print"] === true ? printEvents(agent.telemetry, settings.sinks.length, io, json) : () => {};
  const good = await Promise.race([work(agent, settings, options, { ...context, service }), failed]);
  if (context.ending.signal.aborted && simulation === undefined) {
    log.info(
      `stopping: what is pending is tried once more, for at most ${formatDuration(settings.shutdownTimeoutMs)}`,
    );
  }
  service.stopping();
  const reports = await agent.stop();
  printed();
  if (simulation === undefined) {
    tellSinks(reports, log);
  } else {
    const summary = counted.summary(reports, simulation.received());
    io.stdout.write(
      json ? `${JSON.stringify({ summary })}\n` : summaryText(summary, targetsOf(settings.sinks)),
    );
  }
  if (narrator.stateFailing()) {
    log.error("what Azure said last could not be stored, and no sink has it");
  } else if (!good) {
    log.warn("no good answer of IMDS in this run: whether something is announced is not known");
  }
  const mustArrive = once !== undefined || simulation !== undefined;
  return codeOf(reports, { good, stored: !narrator.stateFailing(), mustArrive });
}

/** What stands at the head of the log: warnings, where events go, what may start early, where no file was read. */
function announce(settings: Settings, simulation: Simulation | undefined, log: Logger): void {
  const sinks = settings.sinks.map(({ name, type }) => `${name} (${type})`).join(", ");
  for (const warning of settings.warnings)
    log.warn(warningText(warning), { code: warning.code, at: placeText(warning) });
  log.info(`forewarn ${version} forwards to ${sinks}`, { config: settings.file, state: settings.state.path });
  if (simulation !== undefined && simulation.timeScale < simulation.wishedScale)
    log.info(
      `time scale ${simulation.timeScale}, not ${simulation.wishedScale}: the shortest part of the story would be over before it could be seen`,
    );
  if (settings.approve !== null) {
    const dry = settings.approve.dryRun === true ? ", dry run" : "";
    log.info(`lets events start before their time: ${ruleOf(settings.approve)}${dry}`);
  }
  if (settings.variables !== undefined && simulation === undefined)
    log.info(
      `there is no configuration file: ${settings.variables.join(" and ")} of the environment stands for one; state is kept in ${settings.state.path}`,
    );
}

/** Runs until the job is done or a signal asks for the end; false where `--once` got no good answer. */
async function work(
  agent: Agent,
  settings: Settings,
  options: Given["options"],
  { ending: { signal }, simulation, once, service }: RunContext & { readonly service: Service },
): Promise<boolean> {
  if (once !== undefined) return agent.once(once, signal);
  agent.start();
  service.started();
  tidyHeapLater();
  if (simulation === undefined) {
    await aborted(signal);
    return true;
  }
  await simulation.play({ keep: options["keep"] === true, signal });
  await settled(agent, settings.imds.pollIntervalMs, signal);
  return true;
}

/** What the scenario did last must be polled and delivered, too. */
async function settled(agent: Agent, pollIntervalMs: number, signal: AbortSignal): Promise<void> {
  const patience = AbortSignal.any([signal, AbortSignal.timeout(pollIntervalMs * 2 + 10_000)]);
  await Promise.race([aborted(patience), new Promise((resolve) => setTimeout(resolve, pollIntervalMs * 2))]);
  while (!patience.aborted && !agent.idle()) await new Promise((resolve) => setTimeout(resolve, 50));
}

function simulated(settings: Settings, simulation: Simulation): Settings & { readonly simulated: true } {
  // Nobody else asks this IMDS, which allows as many requests as come.
  const { maxRequestsPerSecond: _, ...imds } = settings.imds;
  return {
    ...settings,
    simulated: true,
    imds: {
      ...imds,
      pollIntervalMs: Math.min(imds.pollIntervalMs, simulation.longestPollMs),
      endpoint: simulation.imdsUrl,
      // What is five seconds in real time is a part of one where the scenario's waits are shortened.
      notBeforeToleranceMs: settings.imds.notBeforeToleranceMs / simulation.timeScale,
    },
    state: { ...settings.state, path: simulation.stateDirectory },
    // A real agent may have the configured port.
    admin: settings.admin === false ? false : { host: "127.0.0.1", port: 0 },
  };
}

async function simulationOf(options: Given["options"]): Promise<Simulation | undefined> {
  const name = options["simulate"];
  const scale = options["time-scale"] ?? "1";
  if (typeof name !== "string") {
    for (const option of ["keep", "time-scale"]) {
      if (options[option] !== undefined) throw new UsageError(`--${option} goes with --simulate`);
    }
    return undefined;
  }
  if (options["once"] === true) throw new UsageError("--once does not go with --simulate");
  if (!(Number(scale) > 0 && Number.isFinite(Number(scale))))
    throw new UsageError(`--time-scale takes a number above 0, got ${JSON.stringify(scale)}`);
  const { startSimulation } = await import("../../simulate/simulation.ts");
  return startSimulation(name, Number(scale));
}

function onceOf(options: Given["options"]): number | undefined {
  const { once, for: limit } = options;
  if (once !== true) {
    if (limit !== undefined) throw new UsageError("--for goes with --once");
    return undefined;
  }
  try {
    return parseDuration(String(limit ?? "25s"));
  } catch (error) {
    throw new UsageError(`--for: ${(error as Error).message}`);
  }
}

function redactorOf({ sinks }: Settings): ReturnType<typeof createRedactor> {
  return createRedactor(sinks.flatMap((sink) => sink.secrets));
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
