import { pollDelay } from "@forewarn/agent";
import { type ImdsClient, isImdsError, type ScheduledEventsDocument } from "@forewarn/imds";
import type { Clock } from "@forewarn/sdk";
import { exitCode } from "../../exit-code.ts";
import { byEventId, changesBetween } from "../../print/scheduled-events/event-change.ts";
import type { EventScreen } from "../../print/scheduled-events/event-screen.ts";

/** What a watch works with. */
export interface Watching {
  readonly client: Pick<ImdsClient, "instance" | "scheduledEvents">;
  readonly clock: Clock;
  readonly screen: EventScreen;
  readonly signal: AbortSignal;
}

/** Azure's own advice (Azure docs: Scheduled Events, "Polling frequency"), and a fifth of what IMDS answers to one VM. */
const intervalMs = 1000;
/** How often the VM's name is asked for while it is unknown. */
const nameEveryMs = 10_000;

/** Asks for the scheduled events every second until the signal aborts; the exit code. Throws the `ImdsError` of a first answer that waiting will not change. */
export async function watchEvents({ client, clock, screen, signal }: Watching): Promise<number> {
  let known: ReturnType<typeof byEventId> | null = null;
  let failures = 0;
  let failedAt = 0;
  const nameOf = createNameOf(client, clock, signal);

  function show(document: ScheduledEventsDocument, ownName: string | null): void {
    const now = byEventId(document.events);
    // What an unreadable entry may have been is not gone.
    const after = document.partial ? new Map([...(known ?? []), ...now]) : now;
    const changes = changesBetween(known, after);
    known = after;
    if (failures > 0) screen.recovered(clock.now(), clock.monotonic() - failedAt);
    failures = 0;
    screen.seen({ entries: [...after.values()], ownName, now: clock.now() }, changes);
  }

  try {
    while (!signal.aborted) {
      const begun = clock.monotonic();
      let delayMs = intervalMs;
      screen.asking(clock.now());
      try {
        const [document, ownName] = await Promise.all([client.scheduledEvents({ signal }), nameOf()]);
        show(document, ownName);
      } catch (error) {
        if (signal.aborted) break;
        if (!isImdsError(error) || (known === null && !error.retryable)) throw error;
        failures++;
        if (failures === 1) failedAt = begun;
        const now = clock.now();
        screen.failed(error, now, now - (clock.monotonic() - failedAt));
        delayMs = pollDelay(error, failures, intervalMs, () => 0.5);
      }
      await clock.sleep(Math.max(0, begun + delayMs - clock.monotonic()), signal);
    }
  } finally {
    screen.end();
  }
  return exitCode.ok;
}

/** Asks for the VM's name until it is known, now and then; never fails. */
function createNameOf(
  client: Watching["client"],
  clock: Clock,
  signal: AbortSignal,
): () => Promise<string | null> {
  let name: string | null = null;
  let askedAt: number | null = null;
  return async () => {
    const due = askedAt === null || clock.monotonic() - askedAt >= nameEveryMs;
    if (name !== null || !due) return name;
    askedAt = clock.monotonic();
    name = await ownNameOf(client, signal);
    return name;
  };
}

/** `compute.name` of this VM; null where IMDS does not say. */
export async function ownNameOf(
  client: Pick<ImdsClient, "instance">,
  signal?: AbortSignal,
): Promise<string | null> {
  try {
    const { compute } = await client.instance("", { signal });
    return compute?.name === undefined || compute.name === "" ? null : compute.name;
  } catch (error) {
    if (!isImdsError(error)) throw error;
    return null;
  }
}
