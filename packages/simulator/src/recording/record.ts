import { isDeepStrictEqual } from "node:util";

import { systemClock, wait } from "../time/clock.ts";
import type { SimulatorClock } from "../time/clock.ts";
import { askImds } from "./ask-imds.ts";
import type { Outcome } from "./ask-imds.ts";
import type { RecordedAnswer, Recording } from "./recording.ts";
import { redact } from "./redact.ts";

/** What to record, and of whom. */
export interface RecordOptions {
  /** Default http://169.254.169.254. */
  readonly endpoint?: string;
  /** How long Scheduled Events are followed once everything was asked, in seconds. Default 0. */
  readonly seconds?: number;
  /** Whether user data, public keys and attested documents stay in it; tokens never do. Default false. */
  readonly withSecrets?: boolean;
  /** Called with all that was recorded so far, after the first round and then whenever something changed. */
  readonly onChange?: (recording: Recording) => void;
  /** Ends the recording early; what was recorded is kept. */
  readonly signal?: AbortSignal;
  readonly clock?: SimulatorClock;
}

/** The first call of Scheduled Events may take 2 min (Azure docs). */
const TIMEOUT_MS = 130_000;
/** Scheduled Events once per second, the instance document once per minute: together about 1 of the VM's 5 per second. */
const POLL_MS = 1000;
const INSTANCE_EVERY = 60;
/** A quicker answer is recorded without its time. */
const SLOW_MS = 1000;

const EVENTS_TARGET = "/metadata/scheduledevents?api-version=2020-07-01";
/** What is asked once; one at a time, since others on the VM ask IMDS too. */
const ONCE = [
  "/metadata/loadbalancer?api-version=2020-10-01",
  "/metadata/attested/document?api-version=2020-09-01",
  "/metadata/identity/info?api-version=2018-02-01",
  "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https%3A%2F%2Fmanagement.azure.com%2F",
];

/** Asks every endpoint of an IMDS, then its Scheduled Events over time; never rejects, since failures are recorded too. */
export async function record(options: RecordOptions = {}): Promise<Recording> {
  const {
    endpoint = "http://169.254.169.254",
    seconds = 0,
    withSecrets = false,
    clock = systemClock,
  } = options;
  const began = clock.now();
  const answers: Record<string, RecordedAnswer[]> = {};
  const elapsed = () => Math.round(clock.now() - began) / 1000;
  const recording = (): Recording => ({
    recording: 1,
    recordedAt: new Date(began).toISOString(),
    seconds: elapsed(),
    endpoint,
    redacted: !withSecrets,
    answers,
  });

  /** Whether the answer was another one than before. */
  const ask = async (target: string): Promise<boolean> => {
    const at = clock.now();
    const outcome = await askImds(endpoint, target, TIMEOUT_MS);
    const took = clock.now() - at;
    const answer = {
      at: Math.round(at - began) / 1000,
      ...contentOf(outcome, withSecrets),
      ...(took >= SLOW_MS && "status" in outcome && { tookMs: Math.round(took) }),
    };
    const known = (answers[target] ??= []);
    const last = known.at(-1);
    if (last !== undefined && isDeepStrictEqual({ ...answer, at: 0 }, { ...last, at: 0 })) return false;
    known.push(answer);
    return true;
  };

  await ask("/metadata/versions");
  const instance = `/metadata/instance?api-version=${newestVersion(answers["/metadata/versions"]?.[0])}`;
  for (const target of [instance, EVENTS_TARGET, ...ONCE])
    if (options.signal?.aborted !== true) await ask(target);
  options.onChange?.(recording());

  const signal = options.signal ?? new AbortController().signal;
  const until = clock.now() + seconds * 1000;
  for (let round = 1; clock.now() < until; round += 1) {
    const left = until - clock.now();
    if (!(await passed(clock, Math.min(POLL_MS, left), signal))) break;
    const changed = [await ask(EVENTS_TARGET), round % INSTANCE_EVERY === 0 && (await ask(instance))];
    if (changed.includes(true)) options.onChange?.(recording());
  }
  const whole = recording();
  options.onChange?.(whole);
  return whole;
}

function contentOf(outcome: Outcome, withSecrets: boolean): Omit<RecordedAnswer, "at"> {
  if ("failure" in outcome) return outcome;
  const { status, headers, text } = outcome;
  try {
    return { status, headers, body: redact(JSON.parse(text), withSecrets) };
  } catch {
    return { status, headers, ...(text !== "" && { text }) };
  }
}

function newestVersion(answer: RecordedAnswer | undefined): string {
  const versions = (answer?.body as { readonly apiVersions?: unknown } | undefined)?.apiVersions;
  const newest: unknown = Array.isArray(versions) ? versions.toSorted().at(-1) : undefined;
  return typeof newest === "string" ? newest : "2021-02-01";
}

/** False when the signal aborted first. */
async function passed(clock: SimulatorClock, ms: number, signal: AbortSignal): Promise<boolean> {
  try {
    await wait(clock, ms, signal);
    return true;
  } catch {
    return false;
  }
}
