import type { ServerResponse } from "node:http";
import type { Clock } from "@forewarn/sdk";
import type { Envelope } from "../outbox/envelope.ts";
import { createRoute, type Route } from "../router/router.ts";
import type { Telemetry } from "../telemetry.ts";

/** The live stream: every event as it is stored, every delivery as it happens, as server-sent events. */
export interface EventStream {
  /** Makes a response one of the readers, from now on, of the types that these globs match; false where there are too many. */
  attach(response: ServerResponse, types: readonly string[]): boolean;
  readers(): number;
  /** How many readers were too slow and were cut off. */
  dropped(): number;
  /** Ends every reader's stream. */
  close(): void;
}

interface Reader {
  readonly response: ServerResponse;
  readonly wants: Route;
}

const mostReaders = 8;
/** What may wait for one reader; whoever is slower is cut off, since it must cost the agent nothing. */
const mostBytes = 2_000_000;
/** Tells a connection that is dead from one where nothing happens. */
const aliveEveryMs = 15_000;

/** A stream without readers; it costs nothing then. */
export function createEventStream(options: {
  readonly telemetry: Telemetry;
  readonly clock: Clock;
  /** What a reader is told first. */
  readonly greeting: () => object;
}): EventStream {
  const { telemetry, clock, greeting } = options;
  const readers = new Set<Reader>();
  const closed = new AbortController();
  let dropped = 0;
  let beating = false;

  function send(reader: Reader, text: string): void {
    reader.response.write(text);
    if (reader.response.writableLength <= mostBytes) return;
    dropped++;
    readers.delete(reader);
    reader.response.destroy();
  }

  function tell(envelope: Envelope, text: () => string): void {
    let told: string | undefined;
    for (const reader of readers) if (reader.wants(envelope)) send(reader, (told ??= text()));
  }

  /** Keeps connections alive while there are any. */
  async function beat(): Promise<void> {
    if (beating) return;
    beating = true;
    while (readers.size > 0 && !closed.signal.aborted) {
      await clock.sleep(aliveEveryMs, closed.signal);
      for (const reader of readers) send(reader, ":\n\n");
    }
    beating = false;
  }

  telemetry.on("appended", (envelopes) => {
    if (readers.size === 0) return;
    for (const envelope of envelopes)
      tell(envelope, () => frame("event", `{"seq":${envelope.seq},"event":${envelope.json}}`));
  });
  telemetry.on("delivered", ({ sink, envelopes, attempt, ms }) => {
    if (readers.size === 0) return;
    const delivery = JSON.stringify({ sink, attempt, ms: Math.round(ms) }).slice(0, -1);
    for (const envelope of envelopes)
      tell(envelope, () => frame("delivery", `${delivery},"seq":${envelope.seq},"event":${envelope.json}}`));
  });

  return {
    attach(response, types) {
      if (readers.size >= mostReaders) return false;
      const reader = { response, wants: createRoute("", types.length === 0 ? {} : { types: [...types] }) };
      response.writeHead(200, { "content-type": "text/event-stream", connection: "close" });
      response.on("close", () => readers.delete(reader));
      // A connection that breaks is closed, too.
      response.on("error", () => {});
      readers.add(reader);
      send(reader, frame("hello", JSON.stringify(greeting())));
      void beat();
      return true;
    },
    readers: () => readers.size,
    dropped: () => dropped,
    close() {
      closed.abort();
      for (const { response } of readers) response.end();
      readers.clear();
    },
  };
}

function frame(event: string, data: string): string {
  return `event: ${event}\ndata: ${data}\n\n`;
}
