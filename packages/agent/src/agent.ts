/**
 * The pipeline of Forewarn as a library: IMDS → normalize → outbox → router → delivery → sinks.
 * @packageDocumentation
 */
import { hostname } from "node:os";
import { type AnySinkDefinition, sdkVersion } from "@forewarn/sdk";
import { createAdmin } from "./admin/admin.ts";
import { createCaretaker } from "./caretaker.ts";
import { systemClock } from "./time/clock.ts";
import { closeOutbox, type EndReport } from "./end-report.ts";
import { createFleet } from "./fleet.ts";
import { createSharedHttp } from "./http/shared-http.ts";
import { openOutbox } from "./outbox/outbox.ts";
import { positionsCheckpoint } from "./outbox/repair/quarantine.ts";
import { type AgentOptions, changedSections, settingsOf } from "./settings.ts";
import { silentLogger } from "./logger.ts";
import { createReaction } from "./reaction.ts";
import type { Agent, AgentContext } from "./running-agent.ts";
import { createHeartbeat } from "./source/heartbeat.ts";
import { createIdentity } from "./source/identity.ts";
import { createLifecycles } from "./source/lifecycles.ts";
import { ratedImds } from "./source/rated-imds.ts";
import { createRecorder } from "./source/recorder.ts";
import { createSource } from "./source/source.ts";
import { createStallWatch } from "./source/stall.ts";
import { watchedImds } from "./source/watched-imds.ts";
import { createTelemetry } from "./telemetry.ts";
import { tellPauses } from "./told-pauses.ts";
import { tellWatch } from "./told-watch.ts";
import type { AgentOptionsOf } from "./typed-options.ts";
import { within } from "./time/within.ts";

export type { ImdsHealth } from "./admin/agent-health.ts";
export type { SinkState } from "./admin/sink-health.ts";
export type { AgentStatus, OutboxStatus, SinkStatus } from "./admin/status.ts";
export type { ApprovalWish } from "./approval/approver.ts";
export { type ApprovalPolicy, type Obstacle, obstacleTo, ruleOf } from "./approval/policy.ts";
export { pollingDelaysRestarts } from "./approval/polling-delays.ts";
export { systemClock } from "./time/clock.ts";
export { type Archive, openArchive } from "./outbox/archive/archive.ts";
export type { History, HistoryEntry, HistoryFilter, Passage } from "./outbox/archive/history.ts";
export type { Letter, LetterFilter, Letters, Refused } from "./outbox/archive/letters.ts";
export type { DeadLetter, DeathReason } from "./outbox/tables/dead-letter.ts";
export { pollDelay } from "./source/poll-delay.ts";
export { type TestSample, testSamples } from "./trial/test-event.ts";
export { type Probe, probeSink } from "./trial/probe-sink.ts";
export { type Receipt, type Trial, trySink } from "./trial/try-sink.ts";
export { createRedactor, type Redact } from "./delivery/redact.ts";
export {
  createProxyFor,
  type Environment,
  environmentProblems,
  type ProxyProblem,
  proxyProblem,
} from "./http/proxy.ts";
export { httpSecrets } from "./http/secrets.ts";
export { readTls } from "./http/tls-files.ts";
export type { TlsFiles, TlsFinding, TlsReading } from "./http/tls-reading.ts";
export type { StopReport } from "./delivery/subscription.ts";
export type { EndReport } from "./end-report.ts";
export type { Agent, AgentContext, AgentImds, ReloadReport } from "./running-agent.ts";
export type { Envelope } from "./outbox/envelope.ts";
export type { WishAnswer } from "./outbox/tables/wishes.ts";
export { type Glance, glance, type GlanceSink } from "./outbox/archive/glance.ts";
export { StateError, type StateErrorCode } from "./outbox/state/state-error.ts";
export type {
  AdminAddress,
  AgentOptions,
  ImdsSettings,
  MetadataSettings,
  SinkOptions,
  StateSettings,
  TagChoice,
} from "./settings.ts";
export type { AgentTelemetry, Telemetry } from "./telemetry.ts";
export type { AgentOptionsOf, SinkOptionsOf } from "./typed-options.ts";

const idleLookMs = 20;

/**
 * Opens the state directory and prepares everything; nothing runs yet. Throws `StateError` where the directory cannot
 * be written, is used by another agent, or belongs to a newer version. The options of each sink are inferred from its
 * definition; those with a default may be left out.
 */
export function createAgent<const Definitions extends readonly AnySinkDefinition[]>(
  options: AgentOptionsOf<Definitions>,
  context: AgentContext = {},
): Agent {
  const {
    clock = systemClock,
    log = silentLogger,
    random = Math.random,
    environment = process.env,
  } = context;
  const settings = settingsOf(options as AgentOptions, environment);
  const telemetry = createTelemetry();
  const outbox = openOutbox({
    directory: settings.state.path,
    clock,
    limits: settings.state,
    onError: (error) =>
      telemetry.emit("stateFailed", { doing: "settling", message: (error as Error).message }),
  });
  const imds = watchedImds(context.imds ?? ratedImds(settings.imds, clock), { telemetry, clock });
  const http = createSharedHttp({ environment, clock, log });
  const identity = createIdentity({
    imds,
    clock,
    outbox,
    settings: settings.metadata,
    telemetry,
    simulated: settings.simulated,
    hostname: hostname(),
  });
  const record = createRecorder({ outbox, observer: identity.observer, telemetry });
  const lifecycles = createLifecycles({ outbox, clock, retentionMs: settings.state.retentionMs });
  const source = createSource({
    imds,
    identity,
    outbox,
    record,
    clock,
    telemetry,
    random,
    settings: settings.imds,
    lifecycles,
    understood: () => void reaction.look(),
  });
  const fleet = createFleet(settings.sinks, { clock, outbox, telemetry, log, random, http, imds });
  const stallWatch = createStallWatch({ clock, record, lifecycles: () => lifecycles.known.values() });
  const heartbeat = createHeartbeat({
    clock,
    record,
    telemetry,
    sinks: fleet.looks,
    intervalMs: settings.heartbeatMs,
  });
  // Every sink has its position now.
  if (outbox.lostPositions()) record([], { checkpoints: { [positionsCheckpoint]: "known" } });
  const admin =
    settings.admin === false
      ? null
      : createAdmin(settings.admin, {
          clock,
          log,
          telemetry,
          outbox,
          imds: settings.imds,
          version: sdkVersion,
          directory: settings.state.path,
          sinks: fleet.looks,
        });
  const polling = new AbortController();
  const reaction = createReaction({
    imds,
    lifecycles,
    outbox,
    record,
    clock,
    telemetry,
    random,
    selfName: () => identity.observer().vm.name,
    fleet,
    policy: settings.approve,
    pollIntervalMs: settings.imds.pollIntervalMs,
    signal: polling.signal,
  });
  const watch = tellWatch({ identity, source, record, clock });
  let work: Promise<unknown> = Promise.resolve();
  let stopped: Promise<readonly EndReport[]> | undefined;
  let isRunning = false;
  let { shutdownTimeoutMs } = settings;

  telemetry.on("appended", () => {
    caretaker.check();
    fleet.wake();
  });
  const pauses = tellPauses({ telemetry, record, outbox, clock, sinks: fleet.names() });

  const caretaker = createCaretaker({
    outbox,
    record,
    telemetry,
    clock,
    sinks: fleet.names,
    underWay: fleet.underWay,
    wants: fleet.wants,
    evicted: fleet.evicted,
    restored: fleet.reread,
    marked: fleet.replay,
    ticked: reaction.tick,
  });

  async function shutDown(): Promise<readonly EndReport[]> {
    polling.abort();
    await work;
    await reaction.settled();
    source.close();
    watch.end();
    const reports = await within(clock, shutdownTimeoutMs, (deadline) => fleet.stop(deadline));
    imds.close();
    await http.close();
    await admin?.close();
    return closeOutbox(reports, { outbox, fleet, telemetry });
  }

  return {
    telemetry,
    start() {
      isRunning = true;
      fleet.start();
      void admin?.open();
      // The first question is on its way before anything is written.
      const running = source.run(polling.signal);
      const after = watch.begin(polling.signal);
      work = Promise.all([
        running,
        after,
        identity.run(record, polling.signal, { after }),
        stallWatch.run(polling.signal),
        heartbeat.run(polling.signal),
        caretaker.run(polling.signal),
      ]).catch((error: unknown) => {
        telemetry.emit("failed", { error });
      });
    },
    async once(forMs, signal) {
      // Whoever gives a time for all of it does not want ten seconds more at the end.
      isRunning = true;
      shutdownTimeoutMs = Math.min(shutdownTimeoutMs, 1000);
      const over = new AbortController();
      const end = () => over.abort();
      signal?.addEventListener("abort", end, { once: true });
      void clock.sleep(forMs, polling.signal).then(end);
      fleet.start();
      work = identity.run(record, polling.signal, { once: true });
      const good = await source.poll(over.signal);
      const settle = async () => {
        while (!this.idle() && !over.signal.aborted) await clock.sleep(idleLookMs, over.signal);
      };
      await settle();
      // A sink that has just got an announcement may have been waited for.
      outbox.sync();
      if (good) await reaction.look();
      await settle();
      caretaker.retain();
      return good;
    },
    idle: fleet.idle,
    async approve(wish) {
      if (!isRunning) {
        isRunning = true;
        reaction.adopt(null);
        work = identity.run(record, polling.signal, { once: true });
        if (!(await source.poll(polling.signal)))
          return { outcome: "failed", message: "IMDS gave no good answer to what is announced" };
      }
      return reaction.grant(wish);
    },
    async reload(changed) {
      const next = settingsOf(changed, environment);
      const change = await within(clock, settings.shutdownTimeoutMs, (deadline) =>
        fleet.become(next.sinks, deadline),
      );
      reaction.adopt(next.approve);
      pauses.forget(change.stopped.map(({ sink }) => sink));
      return { ...change, ignored: changedSections(settings, next) };
    },
    stop: () => (stopped ??= shutDown()),
  };
}
