import { type Clock, type DeliveryError, type Logger, RetryError } from "@forewarn/sdk";
import type { Link } from "./link.ts";
import { aborted, unlessAborted } from "./race.ts";

/** A link in use. */
export interface HeldLink {
  readonly link: Link;
  /** Must be called once when the user needs the link no longer. */
  release(): void;
}

/** Keeps a link to the Event Hub open, also while nothing is sent, and replaces it before it grows old or when it is lost. */
export interface Keeper {
  /** The open link, or the one that is being opened, which goes on where `signal` aborts; undefined where it did. */
  use(signal: AbortSignal): Promise<HeldLink | undefined>;
  /** Uses a link no more: it is closed when its last user has released it. */
  retire(link: Link): void;
  /** Ends everything; resolves when nothing is left. */
  close(): Promise<void>;
}

/** What a keeper works with. */
export interface KeeperOptions {
  /** Opens a link; rejects with an error that the agent understands. */
  readonly open: (signal: AbortSignal) => Promise<Link>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** A run that has nothing to send is over by then, and connects to nothing. */
const firstMs = 1000;
/** How long opening a link may take: a dozen round trips, and the token. */
const openingMs = 20_000;
/** Event Hubs detaches a link that was idle for 30 minutes. */
const oldMs = 25 * 60_000;
const beforeTokenEndsMs = 2 * 60_000;
const leastMs = 60_000;
/** A link that was lost sooner is no reason to hurry. */
const soonMs = 10_000;
const retryMs = { first: 1000, most: 5 * 60_000 };

interface Entry {
  readonly link: Link;
  /** By the monotonic clock, as is `dueAt`, when it must be replaced. */
  readonly openedAt: number;
  readonly dueAt: number;
  /** Aborted when it is retired. */
  readonly over: AbortController;
  users: number;
}

/** Starts keeping a link. */
export function createKeeper({ open, clock, log }: KeeperOptions): Keeper {
  const closing = new AbortController();
  const endings = new Set<Promise<void>>();
  const entries = new Set<Entry>();
  let current: Entry | undefined;
  let opening: Promise<Entry> | undefined;
  let trouble = "";
  /** Ends the pause after a failure. */
  let nap = new AbortController();

  function usable(): Entry | undefined {
    return current === undefined || current.over.signal.aborted ? undefined : current;
  }

  function begin(): Promise<Entry> {
    opening ??= openWithin().finally(() => (opening = undefined));
    opening.catch(() => undefined);
    return opening;
  }

  async function openWithin(): Promise<Entry> {
    const limit = new AbortController();
    const done = new AbortController();
    const giveUp = () => limit.abort(closed());
    closing.signal.addEventListener("abort", giveUp, { once: true });
    void clock.sleep(openingMs, done.signal).then(() => limit.abort(slow()));
    try {
      const link = await open(limit.signal);
      const openedAt = clock.monotonic();
      const left = link.tokenEndsAt - clock.now() - beforeTokenEndsMs;
      const dueAt = openedAt + Math.max(leastMs, Math.min(oldMs, left));
      const entry: Entry = { link, openedAt, dueAt, over: new AbortController(), users: 0 };
      entries.add(entry);
      nap.abort();
      const lose = () => end(entry);
      if (link.lost.aborted || closing.signal.aborted) lose();
      else link.lost.addEventListener("abort", lose, { once: true });
      const before = current;
      current = entry;
      if (before !== undefined) end(before);
      return entry;
    } finally {
      done.abort();
      closing.signal.removeEventListener("abort", giveUp);
    }
  }

  function end(entry: Entry): void {
    entry.over.abort();
    if (entry.users > 0 || !entries.delete(entry)) return;
    const ending = entry.link.close().finally(() => endings.delete(ending));
    endings.add(ending);
  }

  async function keep(): Promise<void> {
    let failures = 0;
    let known: Entry | undefined;
    await clock.sleep(firstMs, closing.signal);
    while (!closing.signal.aborted) {
      try {
        const entry = usable() ?? (await begin());
        if (entry !== known) tellOpen();
        known = entry;
        await clock.sleep(Math.max(0, entry.dueAt - clock.monotonic()), entry.over.signal);
        if (closing.signal.aborted) return;
        if (!entry.over.signal.aborted) await begin();
        else if (clock.monotonic() - entry.openedAt < soonMs) {
          await pause(++failures);
          continue;
        }
        failures = 0;
      } catch (error) {
        tellTrouble(error as DeliveryError);
        await pause(++failures, (error as RetryError).retryAfterMs);
      }
    }
  }

  function pause(failures: number, leastMs = 0): Promise<void> {
    nap = new AbortController();
    if (closing.signal.aborted) nap.abort();
    const ms = Math.min(retryMs.most, retryMs.first * 2 ** (failures - 1));
    return clock.sleep(Math.max(ms, leastMs), nap.signal);
  }

  /** Each trouble is told once, until it is over. */
  function tellTrouble({ message }: DeliveryError): void {
    // Event Hubs numbers and dates each of its refusals.
    const said = message.replace(/\s*\bTrackingId:.*$/s, "");
    if (closing.signal.aborted || said === trouble) return;
    trouble = said;
    log.warn(`no ${usable() === undefined ? "" : "new "}link to the Event Hub: ${message}`);
  }

  function tellOpen(): void {
    if (trouble !== "") log.info("the link to the Event Hub is open");
    trouble = "";
  }

  const keeping = keep();

  return {
    async use(signal) {
      const entry = usable() ?? (await unlessAborted(begin(), signal));
      if (entry === aborted) return undefined;
      let released = false;
      entry.users++;
      return {
        link: entry.link,
        release() {
          if (released) return;
          released = true;
          entry.users--;
          if (entry.over.signal.aborted) end(entry);
        },
      };
    },
    retire(link) {
      for (const entry of entries) if (entry.link === link) end(entry);
    },
    async close() {
      closing.abort();
      nap.abort();
      for (const entry of entries) {
        entry.users = 0;
        end(entry);
      }
      await Promise.all([keeping, opening?.catch(() => undefined)]);
      await Promise.all(endings);
    },
  };
}

function closed(): RetryError {
  return new RetryError("the sink was closed");
}

function slow(): RetryError {
  return new RetryError(`no link within ${openingMs / 1000} s`);
}
