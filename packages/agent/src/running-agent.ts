import type { ImdsClient } from "@forewarn/imds";
import type { Clock, Logger } from "@forewarn/sdk";
import type { ApprovalWish } from "./approval/approver.ts";
import type { EndReport } from "./end-report.ts";
import type { FleetChange } from "./fleet.ts";
import type { Environment } from "./http/proxy.ts";
import type { WishAnswer } from "./outbox/tables/wishes.ts";
import type { AgentOptions } from "./settings.ts";
import type { Telemetry } from "./telemetry.ts";

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
  /**
   * Takes other sinks: those whose settings are the same go on undisturbed, new and changed ones begin at their places.
   * What else is changed takes effect only with the next start.
   */
  reload(options: AgentOptions): Promise<ReloadReport>;
  /**
   * Lets a scheduled event start before its time, as a person wants, and says what came of it; an agent that was not
   * started asks IMDS first, and approves nothing by its policy.
   */
  approve(wish: ApprovalWish): Promise<WishAnswer>;
  /** Stops polling, tries what is pending once within `shutdownTimeoutMs`, and closes everything; may be called again. */
  stop(): Promise<readonly EndReport[]>;
}

/** What a reload did. */
export interface ReloadReport extends FleetChange {
  /** Sections whose change takes effect only with the next start: `imds`, `state`, … */
  readonly ignored: readonly string[];
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
export type AgentImds = Pick<
  ImdsClient,
  "close" | "instance" | "scheduledEvents" | "startRequests" | "token"
>;
