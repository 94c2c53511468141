import { randomUUID } from "node:crypto";
import type { EventDraft } from "../normalize/draft.ts";
import { normalize } from "../normalize/normalize.ts";
import { encode, newRow } from "../outbox/tables/encode.ts";
import { type Envelope, envelopeOf } from "../outbox/envelope.ts";
import type { Observer } from "../source/observer.ts";

/** What Azure says of each kind of event (Azure docs: Scheduled Events, "Event properties"): notice and expected length. */
const samples = {
  preempt: { eventType: "Preempt", noticeMs: 30_000, durationSeconds: null },
  reboot: { eventType: "Reboot", noticeMs: 15 * 60_000, durationSeconds: 9 },
  freeze: { eventType: "Freeze", noticeMs: 15 * 60_000, durationSeconds: 5 },
  redeploy: { eventType: "Redeploy", noticeMs: 10 * 60_000, durationSeconds: null },
  terminate: { eventType: "Terminate", noticeMs: 5 * 60_000, durationSeconds: null },
} as const;

/** A kind of test event. */
export type TestSample = keyof typeof samples;

/** The kinds of test events. */
export const testSamples = Object.keys(samples) as readonly TestSample[];

/**
 * A test event: what would be told if Azure announced this for the observer's VM now, by the same normalizer; marked by
 * `data.simulated`, and by a description that says that nothing will happen.
 */
export function testEvent(sample: TestSample, observer: Observer, now: number): Envelope {
  const { eventType, noticeMs, durationSeconds } = samples[sample];
  const { name } = observer.vm;
  // IMDS writes whole seconds.
  const notBefore = Math.ceil((now + noticeMs) / 1000) * 1000;
  const entry = {
    eventId: randomUUID().toUpperCase(),
    eventType,
    eventStatus: "Scheduled",
    resourceType: "VirtualMachine",
    resources: name === null ? [] : [name],
    notBefore,
    notBeforeRaw: new Date(notBefore).toUTCString(),
    description: "This is a test by forewarn test-sink. Nothing will happen to this machine.",
    eventSource: "Platform",
    durationSeconds,
  };
  const observation = {
    document: { incarnation: 1, events: [entry], warnings: [], partial: false },
    time: now,
    continuous: true,
    gapMs: null,
    unwatched: null,
    absenceBelieved: true,
  };
  const { drafts } = normalize(new Map(), observation, { selfName: name, notBeforeToleranceMs: 0 });
  const draft = drafts[0] as EventDraft;
  const event = encode(draft, { ...observer, simulated: true }, 0, draft.id);
  return envelopeOf(newRow(event, draft, 0));
}
