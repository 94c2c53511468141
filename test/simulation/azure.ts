import { ImdsError, type ImdsErrorCode, parseInstance, parseScheduledEvents } from "@forewarn/imds";
import type { AgentImds } from "@forewarn/agent";
import type { VirtualClock } from "../../packages/agent/src/time/virtual-clock.ts";
import { createRandom, type Random } from "./random.ts";
import type { Clocks } from "./reference.ts";
import { at, faultSpans, type Span } from "./span.ts";
import { entryAt, planStories, type PlannedStory, self } from "./stories.ts";

/** What goes wrong with an answer. */
export type AzureFault =
  | { readonly kind: "code"; readonly code: ImdsErrorCode }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "cut" | "partial" | "twice" }
  | { readonly kind: "hang"; readonly ms: number };

/** A good answer as it was sent, when it was asked for, and when it arrived by both clocks of the VM. */
export interface GoodAnswer extends Clocks {
  readonly text: string;
  readonly asked: Clocks;
}

/** The simulated Azure of one run: it outlives the agent's processes. */
export interface Azure {
  readonly plan: {
    readonly stories: readonly PlannedStory[];
    readonly faults: readonly Span<AzureFault>[];
    readonly instance: readonly Span<"fails" | "slow">[];
  };
  /** An agent process's client; `alive` says whether that process still runs, `introduced` is called when it learns its name. */
  client(process: { readonly alive: () => boolean; readonly introduced: () => void }): AgentImds;
  /** The last good answer that was given. */
  last(): GoodAnswer | null;
  /** Whether an answer is on its way. */
  asked(): boolean;
  /** Time passes here, but not on the machine, which is suspended. */
  goOn(ms: number): void;
  /** For how long a scheduled event has been Started here, whoever looked. */
  startedMs(eventId: string): number;
  /** From now on everything is well and nothing is scheduled. */
  calm(): void;
}

const codes: readonly ImdsErrorCode[] = [
  "server-error",
  "throttled",
  "gone",
  "not-found",
  "bad-request",
  "forbidden",
  "redirected",
  "unreachable",
  "connection-lost",
  "too-large",
];
/** As the agent's client has it. */
export const timeoutMs = 10_000;

const garbage = [
  "",
  "<html>Log in</html>",
  "{}",
  "null",
  "[]",
  '{"Events":{}}',
  "Service is being updated",
  '{"Eve',
];

function chooseFault(random: Random): AzureFault {
  const kind = random.pick(["code", "code", "text", "cut", "partial", "twice", "hang"] as const);
  if (kind === "code") return { kind, code: random.pick(codes) };
  if (kind === "text") return { kind, text: random.pick(garbage) };
  return kind === "hang" ? { kind, ms: random.pick([500, 3000, 10_000]) } : { kind };
}

/** Azure, by a seed. */
export function createAzure(options: {
  readonly seed: number;
  readonly clock: VirtualClock;
  readonly epoch: number;
  readonly until: number;
}): Azure {
  const { clock, epoch, until } = options;
  const random = createRandom(options.seed);
  const often = random.pick([20_000, 60_000, 200_000]);
  const faults = faultSpans(random, {
    until,
    goodMs: often,
    faultMs: random.pick([2000, 9000, 40_000]),
    choose: () => chooseFault(random),
  });
  const instance = faultSpans(random, {
    until,
    goodMs: until,
    faultMs: 30_000,
    choose: () => random.pick(["fails", "slow"] as const),
  });
  const plan = { stories: planStories(random, until), faults, instance };
  let incarnation = 1;
  let written = "";
  let last: GoodAnswer | null = null;
  let calm = false;
  let slept = 0;
  let open = 0;
  let ended = Number.POSITIVE_INFINITY;
  /** An answer may have been written long before it arrives. */
  const writesEarly = random.chance(0.5);

  const moment = () => clock.monotonic() + slept;
  const clocks = (): Clocks => ({ wall: clock.now(), monotonic: clock.monotonic() });

  function entries(): readonly unknown[] {
    if (calm) return [];
    return plan.stories
      .map((story) => entryAt(story, moment(), epoch))
      .filter((entry) => entry !== undefined);
  }

  function documentOf(events: readonly unknown[]): string {
    const content = JSON.stringify(events);
    if (content !== written) incarnation += random.int(1, 3);
    written = content;
    return JSON.stringify({ DocumentIncarnation: incarnation, Events: events });
  }

  /** The text that is sent. */
  function answer(fault: AzureFault | undefined): string {
    const events = entries();
    if (fault?.kind === "text") return fault.text;
    if (fault?.kind === "partial") return documentOf([...events.slice(1), { EventId: 7 }]);
    if (fault?.kind === "twice") return documentOf([...events, ...events]);
    const whole = documentOf(events);
    return fault?.kind === "cut" ? whole.slice(0, Math.floor(whole.length / 2)) : whole;
  }

  const failed = (code: ImdsErrorCode) =>
    new ImdsError(`simulated: ${code}`, { code, retryable: true, path: "/metadata" });

  return {
    plan,
    last: () => last,
    asked: () => open > 0,
    goOn(ms) {
      slept += ms;
    },
    startedMs(eventId) {
      const story = plan.stories.find((one) => one.eventId.toLowerCase() === eventId.toLowerCase());
      if (story === undefined || story.starts === null) return 0;
      return Math.min(story.goes, ended, moment()) - story.starts;
    },
    calm() {
      calm = true;
      ended = moment();
    },
    client: ({ alive, introduced }) => ({
      async scheduledEvents({ signal } = {}) {
        const fault = calm ? undefined : at(faults, clock.monotonic());
        const asked = clocks();
        const early = writesEarly ? answer(fault) : null;
        open++;
        await clock.sleep(fault?.kind === "hang" ? fault.ms : 2, signal);
        open--;
        if (signal?.aborted === true || !alive()) throw failed("aborted");
        if (clock.monotonic() - asked.monotonic >= timeoutMs) throw failed("timeout");
        if (fault?.kind === "code") throw failed(fault.code);
        const text = early ?? answer(fault);
        const document = parseScheduledEvents(text);
        last = { text, asked, ...clocks() };
        return document;
      },
      instance: (async (_path: string, { signal }: { readonly signal?: AbortSignal } = {}) => {
        const fault = calm ? undefined : at(instance, clock.monotonic());
        await clock.sleep(fault === "slow" ? 1500 : 1, signal);
        if (signal?.aborted === true || !alive()) throw failed("aborted");
        if (fault === "fails") throw failed("server-error");
        introduced();
        return parseInstance(
          JSON.stringify({
            compute: { name: self, vmId: "2F9E7A34-0000-4000-8000-0000000000AA", tagsList: [] },
          }),
        );
      }) as AgentImds["instance"],
      async startRequests(_ids, { signal } = {}) {
        const fault = calm ? undefined : at(faults, clock.monotonic());
        await clock.sleep(fault?.kind === "hang" ? fault.ms : 2, signal);
        if (signal?.aborted === true || !alive()) throw failed("aborted");
        if (fault !== undefined) throw failed(fault.kind === "code" ? fault.code : "timeout");
      },
      token: () => Promise.reject(failed("not-found")),
      close() {},
    }),
  };
}
