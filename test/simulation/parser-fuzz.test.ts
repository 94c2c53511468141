import { isImdsError, parseScheduledEvents, type ScheduledEventsDocument } from "@forewarn/imds";
import { expect, test } from "vitest";
import samples from "../../packages/agent/src/fixtures/scheduled-events.json" with { type: "json" };
import type { Lifecycle } from "../../packages/agent/src/normalize/lifecycle.ts";
import { type Normalized, normalize } from "../../packages/agent/src/normalize/normalize.ts";
import { mutateBytes, mutateJson } from "./mutate.ts";
import { createRandom, type Random } from "./random.ts";
import { createReference } from "./reference.ts";
import { readWire } from "./wire.ts";

const cases = 20_000;
const sequences: readonly (readonly unknown[])[] = [
  ...Object.values(samples.sequences),
  ...Object.values(samples.documents).map((document) => [document]),
];
const names = ["WestNO_0", "web-01", null];
const noon = Date.UTC(2026, 10, 22, 12);

/** What the imds package makes of a text; null where it is no document. */
function parsed(text: string): ScheduledEventsDocument | null {
  try {
    return parseScheduledEvents(text);
  } catch (error) {
    if (isImdsError(error)) return null;
    throw error;
  }
}

/** A VM that asks each second, with the real parser and normalize. */
function createVm(selfName: string | null) {
  const known = new Map<string, Lifecycle>();
  let first = true;
  return {
    see(document: ScheduledEventsDocument, time: number): Normalized {
      const observation = {
        document,
        time,
        continuous: !first,
        gapMs: null,
        unwatched: first ? { gapMs: null, rebooted: false } : null,
        absenceBelieved: !document.partial,
      };
      first = false;
      const normalized = normalize(known, observation, { selfName, notBeforeToleranceMs: 5000 });
      for (const lifecycle of normalized.lifecycles) known.set(lifecycle.eventId, lifecycle);
      return normalized;
    },
  };
}

function mutated(document: unknown, random: Random): string {
  if (random.chance(0.3)) return JSON.stringify(document);
  const text = JSON.stringify(random.chance(0.5) ? mutateJson(document, random) : document);
  return random.chance(0.5) ? mutateBytes(text, random) : text;
}

/** Whether a text holds what the parser forgives: control characters, or a byte order mark. */
function isForgivable(text: string): boolean {
  return [...text].some((character) => character < " " || character === "\uFEFF");
}

/** What a sequence of mutated documents says, and what the reference has against it. */
function judge(seed: number): { readonly read: number; readonly wrong: readonly string[] } {
  const random = createRandom(seed);
  const selfName = random.pick(names);
  const vm = createVm(selfName);
  const reference = createReference({ gapAfterMs: 10_000 });
  const wrong: string[] = [];
  let read = 0;
  for (const [index, sample] of random.pick(sequences).entries()) {
    const text = mutated(sample, random);
    const document = parsed(text);
    const plain = readWire(text);
    // The parser forgives raw control characters, of which plain JSON knows nothing.
    if ((document === null) !== (plain === null) && !isForgivable(text))
      wrong.push(`${document === null ? "no document" : "a document"}: ${text}`);
    if (document === null || plain === null) continue;
    read++;
    // Dates are the parser's own matter: a reading that differs shows in its own tests.
    const dates = [...plain.entries.values()].map(({ id, notBefore }) => [id, notBefore]);
    const theirs = new Map(
      document.events.map(({ eventId, notBefore }) => [eventId.trim().toLowerCase(), notBefore]),
    );
    if (dates.some(([id, notBefore]) => theirs.get(id as string) !== notBefore)) return { read, wrong };
    const wall = noon + index * 1000;
    const told = vm.see(document, wall).drafts.map(({ id }) => id);
    const now = { wall, monotonic: index * 1000 };
    const meant = reference.observe({ text, asked: now, ...now, selfName }).map(({ id }) => id);
    if (told.toSorted().join() !== meant.toSorted().join())
      wrong.push(`told ${told.join()} instead of ${meant.join()}: ${text}`);
  }
  return { read, wrong };
}

test(`${cases} sequences of mutated documents: none crashes, none raises an event that the plain reading does not give`, () => {
  let read = 0;
  for (let seed = 1; seed <= cases; seed++) {
    const outcome = judge(seed);
    read += outcome.read;
    expect(outcome.wrong, `seed ${seed}`).toEqual([]);
  }
  // Else nothing was tried.
  expect(read).toBeGreaterThan(cases);
});

test("random bytes and random JSON are no documents", () => {
  const random = createRandom(7);
  for (let round = 0; round < 20_000; round++) {
    const bytes = Buffer.from(Array.from({ length: random.int(0, 60) }, () => random.int(0, 255)));
    expect(parsed(bytes.toString())).toBeNull();
  }
});
