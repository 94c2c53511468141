import type { ForewarnEvent, ScheduledEventData } from "@forewarn/sdk";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { noon, own, scheduled, vm } from "../fixtures/events.ts";
import { blocksOf, brokenLimits } from "../fixtures/slack-limits.ts";
import { type MessageBlock, type Payload, textsOf } from "./blocks.ts";
import type { Message } from "./compose.ts";
import { digest } from "./digest.ts";
import { createRender } from "./render.ts";
import { createStories } from "./stories.ts";

const evil = fc.oneof(
  fc.string({ unit: "binary", maxLength: 60 }),
  fc.string({ unit: "grapheme", maxLength: 60 }),
  fc.constantFrom(
    "<!channel>",
    "<https://evil.example|Approve>",
    "<!date^1^{time}^https://evil.example|now>",
    "<@U012ABCDEF>",
    "&lt;!here&gt;",
    "``` `x` *y*",
    "a\n*Approve:* b",
    "\ud83d",
    "👩‍👩‍👧‍👦".repeat(30),
    `e${"\u0301".repeat(3000)}`,
  ),
  fc
    .tuple(fc.string({ unit: "grapheme", minLength: 1, maxLength: 5 }), fc.integer({ min: 1, max: 4000 }))
    .map(([text, times]) => text.repeat(times)),
);
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });
const names = fc.array(evil, { maxLength: 40 });
const time = fc.oneof(
  fc.date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) }).map((date) => date.toISOString()),
  evil,
);

const anyData: fc.Arbitrary<Partial<ScheduledEventData>> = fc.record({
  eventId: evil,
  occurrence: fc.integer({ min: 1, max: 3 }),
  eventType: fc.oneof(fc.constantFrom("Freeze", "Reboot", "Redeploy", "Preempt", "Terminate"), evil),
  status: fc.oneof(fc.constantFrom("Scheduled", "Started"), evil),
  phase: fc.constantFrom("scheduled", "updated", "approved", "started", "completed", "canceled", "ended"),
  eventSource: maybe(fc.oneof(fc.constantFrom("Platform", "User"), evil)),
  resources: names,
  affectsSelf: fc.boolean(),
  notBefore: maybe(time),
  noticeMs: maybe(fc.integer()),
  durationSeconds: maybe(fc.integer({ min: -1, max: 1e9 })),
  description: evil,
  impact: fc.constantFrom("info", "warn", "error"),
  changed: names,
  outcome: evil as fc.Arbitrary<never>,
  gapMs: fc.nat(),
  extra: fc.dictionary(evil, fc.jsonValue()),
  vm: fc.record({
    name: maybe(evil),
    vmId: maybe(evil),
    resourceId: maybe(evil),
    subscriptionId: maybe(evil),
    resourceGroup: maybe(evil),
    location: maybe(evil),
    zone: maybe(evil),
    size: maybe(evil),
    scaleSet: maybe(evil),
    tags: fc.dictionary(evil, evil, { maxKeys: 30 }),
  }),
});

const anyEvent: fc.Arbitrary<ForewarnEvent> = fc.oneof(
  { weight: 4, arbitrary: anyData.map((data) => scheduled(data)) },
  fc
    .tuple(
      fc.constantFrom(
        "imds.unreachable",
        "imds.recovered",
        "agent.started",
        "agent.stopped",
        "sink.paused",
        "sink.resumed",
      ),
      fc.record({
        message: evil,
        sink: evil,
        version: evil,
        since: time,
        downMs: fc.nat(),
        uptimeMs: fc.nat(),
        pausedMs: fc.nat(),
        gapMs: maybe(fc.nat()),
        vm: fc.constant(vm),
      }),
    )
    .map(([name, data]) => own(name, "WARN", data)),
  fc.tuple(evil, fc.dictionary(evil, fc.jsonValue())).map(([type, data]) => own(type, "ERROR", data)),
);

const mentions = { error: "<!here>", warn: "S0PLATFORM", info: "U0PERSON" };
/** The only tags that we make. */
const ours =
  /<!date\^-?\d+\^\{date_short_pretty\} \{time_secs\}\|[\d :-]+ UTC>|<!here>|<!subteam\^S0PLATFORM>|<@U0PERSON>/g;

/** Tags, half entities, and codes without an end, which nobody of us has written. */
function forged(payload: Payload): readonly string[] {
  const texts = blocksOf(payload).flatMap((block: MessageBlock) => textsOf(block));
  const marked = texts.filter(({ type }) => type === "mrkdwn").map(({ text }) => text);
  const unmarked = texts.filter(({ type }) => type === "plain_text").map(({ text }) => text);
  return [
    ...[...marked, payload.text ?? ""].filter((text) => /[<>]/.test(text.replaceAll(ours, ""))),
    ...[...marked, payload.text ?? ""].filter((text) => /&(?!(?:amp|lt|gt);)/.test(text)),
    ...marked.filter((text) => text.split("`").length % 2 === 0),
    ...unmarked.filter((text) => /[<>]/.test(text)),
    ...(texts.some((text) => text.type === "mrkdwn" && !text.verbatim) ? ["not verbatim"] : []),
  ];
}

/** All that is wrong with a message, in both of its forms. */
function wrongs({ rich, plain }: Message): readonly string[] {
  return [rich, plain].flatMap((payload) => [...brokenLimits(payload), ...forged(payload)]);
}

describe("whatever an event holds", () => {
  it("its message pings nobody, links nowhere and keeps every limit", () => {
    const stories = createStories();
    const render = createRender({ tags: ["*"], mention: mentions }, stories);
    fc.assert(
      fc.property(anyEvent, fc.integer({ min: -1e9, max: 1e12 }), (event, later) => {
        expect(wrongs(render(event, noon + later))).toEqual([]);
        if (event.type.startsWith("io.forewarn.scheduledevent.")) stories.remember(event as never);
      }),
      { numRuns: 200 },
    );
  });

  it("so does its message by templates", () => {
    const everything = "{{ data | json }} {{ data.description }} {{ data.vm.name }} {{ type }}";
    const render = createRender(
      {
        title: everything,
        text: everything,
        fields: Object.fromEntries(["a", "b", "c", "d"].map((key) => [key, everything])),
      },
      createStories(),
    );
    fc.assert(
      fc.property(anyEvent, (event) => void expect(wrongs(render(event, noon))).toEqual([])),
      { numRuns: 50 },
    );
  });

  it("so does a digest of many", () => {
    fc.assert(
      fc.property(
        fc.array(anyEvent, { minLength: 1, maxLength: 100 }),
        (events) => void expect(wrongs(digest(events, { mention: "<!here>", now: noon }))).toEqual([]),
      ),
      { numRuns: 25 },
    );
  });
});
