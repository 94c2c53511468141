/**
 * What `@azure/event-hubs` 6.0.4 does but does not offer. Everything here is optional to its caller: where a later
 * version names things differently, nothing breaks, but losses are noticed by timeout only and timers stay behind.
 * `sdk-internals.test.ts` fails then, and `docs/decisions/0022-one-link-per-client.md` says why this is worth it.
 */
import type { EventHubProducerClient } from "@azure/event-hubs";

/** An emitter of rhea-promise. */
interface Emitter {
  on(event: string, listener: (context: AmqpContext) => void): unknown;
}

interface AmqpContext {
  readonly error?: unknown;
  readonly connection?: { readonly error?: unknown };
  readonly session?: { readonly error?: unknown };
  readonly sender?: { readonly error?: unknown };
}

interface Socket {
  setNoDelay?(): void;
  destroy?(error: Error): void;
}

interface Connection extends Emitter {
  readonly _connection?: { readonly socket?: Socket };
}

interface Sender {
  readonly authLoop?: { stop(): void };
  readonly _sender?: Emitter & { readonly session?: Emitter };
}

interface Internals {
  readonly _context?: { readonly connection?: Connection };
  readonly _sendersMap?: ReadonlyMap<string, Sender>;
}

/** The parts of one client that the SDK keeps to itself. */
export interface Inside {
  /** Calls `tell` when the connection, the session or the link of the client ends, with the AMQP error where one was given. */
  onLost(tell: (reason: unknown) => void): void;
  /**
   * Stops the renewal of the link's token. `close()` does not where the link or the connection ended before: the timer
   * then holds the process and opens a connection of its own every 45 minutes.
   */
  stopRenewal(): void;
  /** Sends small frames at once: rhea leaves Nagle's algorithm on. */
  sendAtOnce(): void;
  /** Ends the connection without a word: `close()` waits 60 s for each answer of a peer that has fallen silent. */
  sever(): void;
}

/** Looks into a client that has just been made; its connection is the one that it will open first. */
export function insideOf(client: EventHubProducerClient): Inside {
  const { _context: context, _sendersMap: senders } = client as unknown as Internals;
  // After a disconnect the SDK puts a new connection there.
  const connection = context?.connection;
  // An error event that nobody listens to would end the process; the SDK stops listening before it closes.
  connection?.on("error", () => undefined);
  const sender = () => senders?.get("");
  const socket = () => {
    const { _connection: inner } = connection ?? {};
    return inner?.socket;
  };
  let renewal: Sender["authLoop"];

  return {
    onLost(tell) {
      const { authLoop, _sender: link } = sender() ?? {};
      renewal = authLoop;
      const lost = (context: AmqpContext) => tell(reasonOf(context));
      connection?.on("disconnected", lost);
      connection?.on("connection_close", lost);
      for (const event of ["sender_error", "sender_close"]) link?.on(event, lost);
      for (const event of ["session_error", "session_close"]) link?.session?.on(event, lost);
    },
    stopRenewal() {
      renewal?.stop();
      sender()?.authLoop?.stop();
    },
    sendAtOnce: () => socket()?.setNoDelay?.(),
    // Without an error rhea would not notice and go on with its heartbeat.
    sever: () => socket()?.destroy?.(new Error("closed by Forewarn")),
  };
}

function reasonOf({ sender, session, connection, error }: AmqpContext): unknown {
  return sender?.error ?? session?.error ?? connection?.error ?? error;
}
