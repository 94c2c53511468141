import type { Peer } from "./peer.ts";
import { tracked } from "./service-error.ts";

/** After how long unused things end, in milliseconds. */
export interface IdleLimits {
  /** A connection without a link to a hub and without a request. */
  readonly connectionMs: number;
  /** A link over which a client sends, but sent nothing. */
  readonly linkMs: number;
}

/** Azure's: 5 and 30 minutes. */
export const defaultIdleLimits: IdleLimits = { connectionMs: 300_000, linkMs: 1_800_000 };

/** Looks at the peers from time to time and ends what is unused; the returned function stops that. */
export function watchIdle(peers: Iterable<Peer>, limits: IdleLimits, now: () => number): () => void {
  const period = Math.min(10_000, Math.max(10, Math.min(limits.connectionMs, limits.linkMs) / 5));
  const timer = setInterval(() => {
    for (const peer of peers) endIdle(peer, limits, now());
  }, period);
  timer.unref();
  return () => clearInterval(timer);
}

function endIdle(peer: Peer, { connectionMs, linkMs }: IdleLimits, now: number): void {
  if (peer.idleSince !== undefined && now - peer.idleSince >= connectionMs)
    return peer.close({
      condition: "amqp:connection:forced",
      description: tracked(
        `The connection was inactive for more than the allowed ${connectionMs} milliseconds and is closed by the container.`,
      ),
    });
  for (const [link, { usedAt }] of peer.links)
    if (usedAt !== undefined && now - usedAt() >= linkMs)
      peer.detach(link, {
        condition: "amqp:link:detach-forced",
        description: tracked(
          `The link '${link.name}' is force detached by the broker because it was idle for ${linkMs} milliseconds. Detach origin: AmqpMessagePublisher.IdleTimerExpired.`,
        ),
      });
}
