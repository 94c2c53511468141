import { createImdsClient } from "@forewarn/imds";
import type { Clock, Logger, Sink } from "@forewarn/sdk";
import { systemClock } from "../time/clock.ts";
import { type Attempted, createAttempts } from "../delivery/attempt/attempt.ts";
import { createOpening } from "../delivery/attempt/opening.ts";
import { redacted } from "../delivery/attempt/outcome.ts";
import { createRedactor } from "../delivery/redact.ts";
import type { SinkSettings } from "../delivery/sink-settings.ts";
import type { Environment } from "../http/proxy.ts";
import { createSharedHttp } from "../http/shared-http.ts";
import { lendTo } from "../lend.ts";
import { silentLogger } from "../logger.ts";
import { type AgentOptions, settingsOf } from "../settings.ts";

/** With what a sink is called outside of a run; everything optional. */
export interface Surroundings {
  readonly clock?: Clock;
  readonly log?: Logger;
  readonly environment?: Environment;
}

/** What came of a call, without secrets. */
export interface Called {
  readonly attempted: Attempted;
  /** How long the call took, opening the sink left aside. */
  readonly ms: number;
  readonly sink: SinkSettings;
}

/** What is asked of a sink that was opened. */
export type SinkCall = (opened: Sink, signal: AbortSignal, about: SinkSettings) => Promise<void> | undefined;

/**
 * Opens one configured sink as the agent would, over the same HTTP, calls it once within its timeout, and closes it.
 * Throws where the options name no such sink.
 */
export async function callSink(
  name: string,
  options: AgentOptions,
  { clock = systemClock, log = silentLogger, environment = process.env }: Surroundings,
  call: SinkCall,
): Promise<Called> {
  const settings = settingsOf(options, environment);
  const sink = settings.sinks.find((each) => each.name === name);
  if (sink === undefined) throw new RangeError(`there is no sink ${JSON.stringify(name)}`);
  const imds = createImdsClient({ ...settings.imds, now: clock.now });
  const http = createSharedHttp({ environment, clock, log });
  const lend = lendTo(sink, { clock, log, http, imds });
  const opening = createOpening(() => sink.definition.open(sink.options as never, lend as never));
  const attempts = createAttempts(clock, new AbortController().signal);
  const { timeoutMs } = sink;
  let began = clock.monotonic();
  try {
    const attempted = await attempts.make(
      async (signal) => {
        const opened = await opening.get(signal);
        began = clock.monotonic();
        await call(opened, signal, sink);
      },
      { timeoutMs },
    );
    const ms = clock.monotonic() - began;
    const clean = attempted.kind === "cut" ? attempted : redacted(attempted, createRedactor(sink.secrets));
    return { attempted: clean, ms, sink };
  } finally {
    await attempts.make(() => opening.close(), { timeoutMs });
    attempts.close();
    imds.close();
    await http.close();
  }
}
