import type { ForewarnEvent, ScheduledEvent, Severity } from "@forewarn/sdk";

type OwnEvent = Exclude<ForewarnEvent, ScheduledEvent>;

/** What a sample of a kind says; the type is complete, so a new kind of event needs a sample. */
type OwnSamples = {
  readonly [Type in OwnEvent["type"]]: {
    readonly severity: Severity;
    readonly data: Omit<Extract<OwnEvent, { readonly type: Type }>["data"], "vm">;
  };
};

/** A sample of each kind of event that is not a phase of a scheduled event, without its `vm`. */
export const ownSamples: OwnSamples = {
  "io.forewarn.instance.observed": {
    severity: "info",
    data: {
      reason: "start",
      instance: {
        compute: { name: "web-01", vmSize: "Standard_D2s_v5", tags: { env: "prod", owner: "team-a" } },
        network: { interface: { "000D3AF806EC": { macAddress: "000D3AF806EC" } } },
      },
    },
  },
  "io.forewarn.instance.changed": {
    severity: "info",
    data: {
      changes: [
        { path: "/compute/tags/env", from: "test", to: "prod" },
        { path: "/compute/storageProfile/dataDisks/1", from: null, to: { lun: "1", diskSizeGB: "64" } },
      ],
      since: "2026-11-22T20:13:00.000Z",
    },
  },
  "io.forewarn.imds.unreachable": {
    severity: "warn",
    data: {
      since: "2026-11-22T20:13:00.000Z",
      code: "timeout",
      message: "no answer of http://169.254.169.254 within 10 s: is a proxy or a firewall in the way?",
      lastGoodPoll: null,
    },
  },
  "io.forewarn.imds.recovered": {
    severity: "info",
    data: { since: "2026-11-22T20:13:00.000Z", downMs: 123_000 },
  },
  "io.forewarn.agent.started": {
    severity: "info",
    data: { version: "0.1.0", lastGoodPoll: "2026-11-22T20:13:00.000Z", gapMs: 123_000 },
  },
  "io.forewarn.agent.stopped": { severity: "info", data: { version: "0.1.0", uptimeMs: 86_400_000 } },
  "io.forewarn.agent.heartbeat": {
    severity: "info",
    data: {
      version: "0.1.0",
      uptimeMs: 86_400_000,
      lastGoodPoll: "2026-11-22T20:13:00.000Z",
      polls: { good: 86_390, bad: 2 },
      events: 12,
      sinks: [{ name: "other", pending: 3, oldestUndelivered: "2026-11-22T20:12:00.000Z" }],
    },
  },
  "io.forewarn.agent.stalled": {
    severity: "warn",
    data: {
      gapMs: 8400,
      clock: "monotonic",
      since: "2026-11-22T20:13:00.000Z",
      scheduledEvent: {
        eventId: "C7061BAC-AFDC-4513-B24B-AA5F13A16123",
        eventType: "Freeze",
        status: "Started",
        durationSeconds: 9,
      },
    },
  },
  "io.forewarn.agent.degraded": {
    severity: "error",
    data: { reason: "disk", message: "database or disk is full" },
  },
  "io.forewarn.agent.restored": { severity: "info", data: { degradedMs: 65_000 } },
  "io.forewarn.sink.paused": {
    severity: "error",
    data: { sink: "other", reason: "misconfigured", message: "answered 401: check the credentials" },
  },
  "io.forewarn.sink.resumed": { severity: "info", data: { sink: "other", pausedMs: 30_000 } },
};
