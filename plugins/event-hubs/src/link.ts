import { EventHubProducerClient, type EventDataBatch, type EventHubClientOptions } from "@azure/event-hubs";
import type { Clock } from "@forewarn/sdk";
import type { AccessToken, Credential } from "./credential.ts";
import type { Destination } from "./destination.ts";
import { insideOf } from "./sdk-internals.ts";
import { aborted, unlessAborted } from "./race.ts";
import type { WebSockets } from "./web-socket.ts";

/** One connection with one sender link; once it is lost it is never used again. */
export interface Link {
  /** When the token with which it was opened ends, epoch milliseconds. */
  readonly tokenEndsAt: number;
  /** Aborted when the link ends, whoever ended it; its reason is the AMQP error, where one was given. */
  readonly lost: AbortSignal;
  /** An empty batch, as large as the link allows. */
  batch(partitionKey: string): Promise<EventDataBatch>;
  /** Resolves when Event Hubs has stored the batch; rejects as the SDK does, or at once when the link is lost. */
  send(batch: EventDataBatch, signal: AbortSignal): Promise<void>;
  /** Ends it, in any state; never rejects, and leaves nothing behind after a second. */
  close(): Promise<void>;
}

/** What a link is opened with. */
export interface LinkOptions {
  readonly destination: Destination;
  /** Absent where the destination has a connection string. */
  readonly credential?: Credential | undefined;
  readonly webSockets?: WebSockets | undefined;
  readonly clock: Clock;
}

/** A token that the SDK makes of a key lives for an hour. */
const sasTokenMs = 3_600_000;
/** How long a peer may take to say goodbye. */
const farewellMs = 1000;

/** Opens a link; `signal` ends the attempt, of which nothing is left then. Rejects as the SDK does. */
export async function openLink(options: LinkOptions, signal: AbortSignal): Promise<Link> {
  const { credential, webSockets, clock } = options;
  let tokenEndsAt = clock.now() + sasTokenMs;
  const client = createClient(options, async () => {
    const token = await (credential as Credential).getToken();
    tokenEndsAt = token.expiresOnTimestamp;
    return token;
  });
  const inside = insideOf(client);
  const lost = new AbortController();

  async function close(): Promise<void> {
    lost.abort();
    inside.stopRenewal();
    const goodbye = new AbortController();
    const said = client.close().catch(() => undefined);
    await Promise.race([said, clock.sleep(farewellMs, goodbye.signal)]);
    goodbye.abort();
    inside.stopRenewal();
    inside.sever();
    webSockets?.terminate();
  }

  try {
    const first = await unlessAborted(client.createBatch({ abortSignal: signal }), signal);
    if (first === aborted) throw signal.reason;
    inside.onLost((reason) => lost.abort(reason ?? new Error("the connection was lost")));
    // The link is replaced before its token ends.
    inside.stopRenewal();
    inside.sendAtOnce();
  } catch (error) {
    await close();
    throw error;
  }

  return {
    tokenEndsAt,
    lost: lost.signal,
    batch: (partitionKey) => client.createBatch({ partitionKey, abortSignal: lost.signal }),
    async send(batch, signal) {
      const abort = new AbortController();
      const stop = () => abort.abort();
      for (const end of [signal, lost.signal]) {
        if (end.aborted) stop();
        else end.addEventListener("abort", stop, { once: true });
      }
      try {
        // Aborting also ends the SDK's timer for the answer; before it has begun to wait it does not listen.
        const sent = abort.signal.aborted
          ? aborted
          : await unlessAborted(client.sendBatch(batch, { abortSignal: abort.signal }), abort.signal);
        if (sent === aborted) throw lost.signal.aborted ? lost.signal.reason : signal.reason;
      } finally {
        for (const end of [signal, lost.signal]) end.removeEventListener("abort", stop);
      }
    },
    close,
  };
}

function createClient(
  { destination, webSockets }: LinkOptions,
  getToken: () => Promise<AccessToken>,
): EventHubProducerClient {
  const { access, host, eventHub } = destination;
  const options: EventHubClientOptions = {
    // Retries are the agent's. The timeout bounds only what is sent; the signal bounds everything.
    retryOptions: { maxRetries: 0, timeoutInMs: 60_000 },
    userAgent: "forewarn",
    ...(webSockets === undefined ? {} : { webSocketOptions: webSockets.options }),
  };
  return access.kind === "connection-string"
    ? new EventHubProducerClient(access.connectionString, eventHub, options)
    : new EventHubProducerClient(host, eventHub, { getToken }, options);
}
