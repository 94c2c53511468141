import { type Glance, glance, StateError } from "@forewarn/agent";
import { type AdminPlace, adminOptions, placeOf } from "../admin/address.ts";
import { AskError, askStatus } from "../admin/ask.ts";
import { glanceText, statusText } from "../admin/status-text.ts";
import type { Command } from "../command.ts";
import { tellAskError } from "../errors/tell-ask-error.ts";
import { tellStateError } from "../errors/tell-state-error.ts";
import { exitCode } from "../exit-code.ts";
import type { Io } from "../io.ts";
import { paintFor } from "../log/color.ts";

/** How the agent on this machine is. */
export const status: Command = {
  name: "status",
  summary: "Shows how the running agent is: IMDS, the outbox, each sink.",
  options: adminOptions,
  examples: [
    ["forewarn status", "exit 0 healthy, 1 degraded, 3 not running"],
    ["forewarn status --json", "for programs"],
    ["forewarn status --admin http://127.0.0.1:4691", "another agent than the configured one"],
  ],
  async run({ options }, io) {
    const json = options["json"] === true;
    const place = await placeOf(options, io);
    if (place === null) return exitCode.config;
    const { url, from, isConfigured, statePath } = place;
    if (url === null) return fromState(place, new AskError(`admin is off in ${from}`), io, json);
    try {
      const found = await askStatus(url, isConfigured ? statePath : null);
      io.stdout.write(
        json
          ? `${JSON.stringify({ running: true, ...found }, null, 2)}\n`
          : statusText(found, paintFor(io.stdout, io.env)),
      );
      return found.healthy ? exitCode.ok : exitCode.failed;
    } catch (error) {
      if (!(error instanceof AskError)) throw error;
      return fromState(place, error, io, json);
    }
  },
};

/** Shows what the state directory tells, where the agent itself cannot be asked for the reason given. */
function fromState({ statePath, sinks }: AdminPlace, why: AskError, io: Io, json: boolean): number {
  const found = statePath === null ? null : lookAt(statePath);
  const trouble = found instanceof StateError ? found : null;
  const stored = found instanceof StateError ? null : found;
  const running = stored?.running ?? null;
  if (json) {
    const told = {
      ...(stored && {
        lastGoodPoll: timeOf(stored.lastGoodPoll),
        sinks: stored.sinks.map(({ oldest, ...sink }) => ({
          ...sink,
          oldestUndelivered: timeOf(oldest),
          configured: sinks?.includes(sink.name) ?? null,
        })),
      }),
      ...(trouble && { stateError: { code: trouble.code, message: trouble.message } }),
    };
    io.stdout.write(
      `${JSON.stringify({ running, error: why.message, state: statePath, ...told }, null, 2)}\n`,
    );
  } else {
    tellAskError("status", why, io);
    if (stored !== null)
      io.stdout.write(glanceText(stored, { path: statePath ?? "", now: Date.now(), configured: sinks }));
    if (trouble !== null) tellStateError("status", trouble, io);
  }
  return running === true ? exitCode.failed : exitCode.notRunning;
}

/** What the state directory tells, or why it tells nothing. */
function lookAt(statePath: string): Glance | StateError {
  try {
    return glance(statePath);
  } catch (error) {
    if (!(error instanceof StateError)) throw error;
    return error;
  }
}

function timeOf(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
