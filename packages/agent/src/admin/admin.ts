import type { Logger } from "@forewarn/sdk";
import type { AdminAddress, ImdsSettings } from "../settings.ts";
import type { Telemetry } from "../telemetry.ts";
import { watchAgent } from "./agent-health.ts";
import { createEventStream } from "./event-stream.ts";
import { contentTypes, expose, formatFor } from "./exposition.ts";
import { isLoopback } from "./host.ts";
import { createMetrics } from "./metrics.ts";
import { createAdminServer, type Handler, text } from "./server.ts";
import { watchSinks } from "./sink-health.ts";
import { createStatusTeller, type StatusSources } from "./status.ts";

/** What people and monitors ask a running agent. */
export interface Admin {
  /** Begins to answer; a port that cannot be had is a warning, and the agent goes on without. */
  open(): Promise<void>;
  /** Ends every answer that is under way. */
  close(): Promise<void>;
}

/** What the admin server tells of. */
export interface AdminContext extends Pick<
  StatusSources,
  "clock" | "directory" | "outbox" | "sinks" | "version"
> {
  readonly telemetry: Telemetry;
  readonly log: Logger;
  readonly imds: ImdsSettings;
}

/** Counts from now on what the admin server will tell; nothing listens before `open`. */
export function createAdmin(address: AdminAddress, context: AdminContext): Admin {
  const { telemetry, clock, log, imds, version } = context;
  // An interval longer than the patience must not look like an outage.
  const recentMs = Math.max(imds.unreachableAfterMs, 2 * imds.pollIntervalMs + imds.requestTimeoutMs);
  const sources = {
    ...context,
    agentHealth: watchAgent({ telemetry, clock, recentMs }),
    sinkHealth: watchSinks(telemetry, clock),
  };
  const teller = createStatusTeller(sources);
  const greeting = () => ({ version, sinks: context.sinks().map(({ name }) => name) });
  const stream = createEventStream({ telemetry, clock, greeting });
  const metrics = createMetrics({ ...sources, stream });
  const handlers: Readonly<Record<string, Handler>> = {
    "/healthz": () => {
      const failure = sources.agentHealth.failure();
      return failure === null ? text(200, "alive\n") : text(503, `the agent has failed: ${failure}\n`);
    },
    "/readyz": () => {
      const reasons = teller.unready();
      return reasons.length === 0 ? text(200, "ready\n") : text(503, `not ready\n${lines(reasons)}`);
    },
    "/metrics": ({ accept }) => {
      const format = formatFor(accept);
      return { status: 200, type: contentTypes[format], body: expose(metrics.collect(), format) };
    },
    "/api/v1/status": () => ({
      status: 200,
      type: "application/json",
      body: `${JSON.stringify(teller.status(), null, 2)}\n`,
    }),
    "/api/v1/events": ({ method, query }, response) => {
      if (method === "HEAD") return { status: 200, type: "text/event-stream", body: "" };
      return stream.attach(response, query.getAll("types"))
        ? undefined
        : text(503, "As many readers as may be are here already.\n");
    },
  };
  const server = createAdminServer(handlers);

  return {
    async open() {
      const { host, port } = address;
      try {
        const url = await server.listen(address);
        log.info(`status, metrics and live events at ${url}`);
      } catch (error) {
        const { code = "", message } = error as NodeJS.ErrnoException;
        const why = words[code] ?? message;
        log.warn(
          `the admin server cannot listen on ${host}:${port}: ${why}. The agent runs without it; admin.listen chooses another address`,
        );
        return;
      }
      if (!isLoopback(host))
        log.warn(
          `the admin server listens on ${host}, where other machines may read what this one is told: it asks nobody for a password`,
        );
    },
    async close() {
      stream.close();
      await server.close();
    },
  };
}

const words: Readonly<Record<string, string>> = {
  EADDRINUSE: "another program has it",
  EADDRNOTAVAIL: "this machine has no such address",
  EACCES: "this user may not listen there",
  ENOTFOUND: "the name is not known",
};

function lines(reasons: readonly string[]): string {
  return reasons.map((reason) => `- ${reason}\n`).join("");
}
