/**
 * The pipeline of Forewarn as a library: IMDS → normalize → outbox → router → delivery → sinks.
 * @packageDocumentation
 */
import { createImdsClient, type ImdsClient } from "@forewarn/imds";
import { type Clock, type Logger, sdkVersion } from "@forewarn/sdk";
import { createCaretaker } from "./caretaker.ts";
import { systemClock } from "./clock.ts";
import { createRedactor } from "./delivery/redact.ts";
import { createSubscription, type StopReport, type Subscription } from "./delivery/subscription.ts";
import type { Environment } from "./http/request.ts";
import { createSharedHttp } from "./http/shared-http.ts";
import { openOutbox } from "./outbox/outbox.ts";
import { type AgentOptions, settingsOf } from "./settings.ts";
import { namedLogger, silentLogger } from "./logger.ts";
import { createIdentity } from "./source/identity.ts";
import { ownEvent } from "./source/own-event.ts";
import { createRecorder } from "./source/recorder.ts";
import { createSource } from "./source/source.ts";
import { createTelemetry, type Telemetry } from "./telemetry.ts";

export { systemClock } from "./clock.ts";
export { createRedactor, type Redact } from "./delivery/redact.ts";
export { type ProxyProblem, proxyProblem } from "./http/proxy.ts";
export type { Environment, TlsFiles } from "./http/request.ts";
export { httpSecrets } from "./http/secrets.ts";
export { readTls } from "./http/tls-files.ts";
export type { TlsFinding, TlsReading } from "./http/tls-reading.ts";
export type { StopReport } from "./delivery/subscription.ts";
export type { Envelope } from "./outbox/envelope.ts";
export { StateError, type StateErrorCode } from "./outbox/state-error.ts";
export type { AgentOptions, ImdsSettings, SinkOptions, StateSettings } from "./settings.ts";
export type { AgentTelemetry, Telemetry } from "./telemetry.ts";

/** A running agent. */
export interface Agent {
  /** What the agent says of its own work. */
  readonly telemetry: Telemetry;
  /** Polls at every interval and delivers, until `stop`. */
  start(): void;
  /** Polls once and delivers what is pending, until it is done, `forMs` are over or `signal` aborts; true where the poll was good. Then `stop`. */
  once(forMs: number, signal?: AbortSignal): Promise<boolean>;
  /** Whether every sink has everything that it wants. */
  idle(): boolean;
  /** Stops polling, tries what is pending once within `shutdownTimeoutMs`, and closes everything; may be called again. */
  stop(): Promise<readonly StopReport[]>;
}

/** What a test or an embedding program may replace. */
export interface AgentContext {
  readonly clock?: Clock;
  readonly log?: Logger;
  readonly random?: () => number;
  /** Where HTTPS_PROXY, HTTP_PROXY and NO_PROXY are looked up for sinks without a `proxy`. Default `process.env`. */
  readonly environment?: Environment;
  /** Asked instead of the IMDS at `imds.endpoint`; closed at the end. */
  readonly imds?: AgentImds;
}

/** What the agent asks of IMDS. */
export type AgentImds = Pick<ImdsClient, "close" | "instance" | "scheduledEvents" | "token">;

const idleLookMs = 20;

/**
 * Opens the state directory and prepares everything; nothing runs yet. Throws `StateError` where the directory cannot
 * be written, is used by another agent, or belongs to a newer version.
 */
export function createAgent(options: AgentOptions, context: AgentContext = {}): Agent {
  const {
    clock = systemClock,
    log = silentLogger,
    random = Math.random,
    environment = process.env,
  } = context;
  const settings = settingsOf(options, environment);
  const telemetry = createTelemetry();
  const outbox = openOutbox({
    directory: settings.state.path,
    clock,
    limits: settings.state,
    onError: (error) =>
      telemetry.emit("stateFailed", { doing: "settling", message: (error as Error).message }),
  });
  const imds = context.imds ?? createImdsClient({ ...settings.imds, now: clock.now });
  const http = createSharedHttp(settings.sinks, { environment, clock, log });
  const identity = createIdentity({
    imds,
    clock,
    outbox,
    intervalMs: settings.metadata.intervalMs,
    simulated: settings.simulated,
  });
  const record = createRecorder({ outbox, observer: identity.observer, telemetry });
  const source = createSource({
    imds,
    identity,
    outbox,
    record,
    clock,
    telemetry,
    random,
    settings: settings.imds,
    retentionMs: settings.state.retentionMs,
  });
  const subscriptions = settings.sinks.map((sink): Subscription => {
    const redact = createRedactor(sink.secrets);
    const { request, fetch, proxyFor } = http.of(sink.name);
    return createSubscription(sink, {
      clock,
      outbox,
      telemetry,
      log,
      redact,
      random,
      lend: {
        name: sink.name,
        options: sink.options,
        clock,
        log: namedLogger(log, sink.name),
        request,
        fetch,
        proxyFor,
        async azureToken(resource, { clientId } = {}) {
          const { accessToken, expiresOn } = await imds.token(
            resource,
            clientId === undefined ? {} : { clientId },
          );
          return { token: accessToken, expiresOn };
        },
      },
    });
  });
  const polling = new AbortController();
  const began = clock.monotonic();
  let work: Promise<unknown> = Promise.resolve();
  let stopped: Promise<readonly StopReport[]> | undefined;
  let watching = false;
  let { shutdownTimeoutMs } = settings;

  telemetry.on("appended", () => {
    caretaker.check();
    for (const subscription of subscriptions) subscription.wake();
  });
  telemetry.on("sinkPaused", (paused) => {
    record([ownEvent("io.forewarn.sink.paused", clock.now(), paused)]);
  });
  telemetry.on("sinkResumed", ({ sink, pausedMs }) => {
    record([ownEvent("io.forewarn.sink.resumed", clock.now(), { sink, pausedMs })]);
  });

  const caretaker = createCaretaker({
    outbox,
    record,
    telemetry,
    clock,
    sinks: () => subscriptions.map(({ name }) => name),
    restored() {
      for (const subscription of subscriptions) subscription.reread();
    },
  });

  async function announce(): Promise<void> {
    await identity.known();
    if (polling.signal.aborted) return;
    const now = clock.now();
    const last = source.lastGoodBefore;
    watching = record([
      ownEvent("io.forewarn.agent.started", now, {
        version: sdkVersion,
        lastGoodPoll: last === null ? null : new Date(last).toISOString(),
        // A clock that went back leaves it unknown.
        gapMs: last === null || last > now ? null : now - last,
      }),
    ]);
  }

  async function shutDown(): Promise<readonly StopReport[]> {
    polling.abort();
    await work;
    source.close();
    if (watching) {
      const uptimeMs = Math.round(clock.monotonic() - began);
      record([ownEvent("io.forewarn.agent.stopped", clock.now(), { version: sdkVersion, uptimeMs })]);
    }
    const deadline = new AbortController();
    const done = new AbortController();
    void clock.sleep(shutdownTimeoutMs, done.signal).then(() => deadline.abort());
    const reports = await Promise.all(
      subscriptions.map((subscription) => subscription.stop(deadline.signal)),
    );
    done.abort();
    imds.close();
    await http.close();
    outbox.close();
    return reports;
  }

  return {
    telemetry,
    start() {
      for (const subscription of subscriptions) subscription.start();
      // The first question is on its way before anything is written.
      const running = source.run(polling.signal);
      const identifying = identity.run(record, polling.signal);
      work = Promise.all([identifying, running, announce(), caretaker.run(polling.signal)]).catch(
        (error: unknown) => {
          telemetry.emit("failed", { error });
        },
      );
    },
    async once(forMs, signal) {
      // Whoever gives a time for all of it does not want ten seconds more at the end.
      shutdownTimeoutMs = Math.min(shutdownTimeoutMs, 1000);
      const over = new AbortController();
      const end = () => over.abort();
      signal?.addEventListener("abort", end, { once: true });
      void clock.sleep(forMs, polling.signal).then(end);
      for (const subscription of subscriptions) subscription.start();
      work = identity.run(record, polling.signal);
      const good = await source.poll(over.signal);
      while (!this.idle() && !over.signal.aborted) await clock.sleep(idleLookMs, over.signal);
      caretaker.retain();
      return good;
    },
    idle: () => subscriptions.every((subscription) => subscription.idle()),
    stop: () => (stopped ??= shutDown()),
  };
}
