import * as fc from "fast-check";
import { expect, test } from "vitest";
import { anyHistory, endAll, type Happening, happen, sharedHistory } from "./fixtures/history.ts";
import { createStories } from "./fixtures/stories.ts";
import { createWatch, idsOf, type Seen, type Watch } from "./fixtures/watch.ts";
import type { Lifecycle } from "./lifecycle.ts";
import { normalize } from "./normalize.ts";

const runs = { numRuns: 400 };

/** What a process that starts now would read from the disk. */
const onDisk = (known: ReadonlyMap<string, Lifecycle>) =>
  new Map(JSON.parse(JSON.stringify([...known])) as [string, Lifecycle][]);

/** Every document of a history, with what was known before it. */
function play(
  history: readonly Happening[],
  watch: Watch,
  look: (seen: Seen, before: ReadonlyMap<string, Lifecycle>) => void,
): void {
  for (const happening of history) {
    const before = onDisk(watch.known);
    const seen = happen(watch, happening);
    if (seen !== null) look(seen, before);
  }
}

const namedIn = (seen: Seen) =>
  [...new Set(seen.observation.document.events.map(({ eventId }) => eventId.toLowerCase()))].toSorted();

test("each occurrence has one opening and at most one ending, and nothing after it; no id repeats", () => {
  fc.assert(
    fc.property(anyHistory, (history) => {
      const watch = createWatch();
      const stories = createStories();
      play(history, watch, ({ events, observation }) => stories.read(events, observation));
      for (const { events, observation } of endAll(watch)) stories.read(events, observation);
      expect(stories.open()).toEqual([]);
    }),
    runs,
  );
});

test("what the last document names is open; all else is gone, where absence is believed", () => {
  fc.assert(
    fc.property(anyHistory, (history) => {
      const watch = createWatch();
      const stories = createStories();
      play(history, watch, (seen) => {
        const openBefore = stories.open();
        stories.read(seen.events, seen.observation);
        const named = namedIn(seen);
        const stay = seen.observation.absenceBelieved ? [] : openBefore;
        expect(stories.open()).toEqual([...new Set([...named, ...stay])].toSorted());
        const known = [...watch.known.values()].filter(({ goneAt }) => goneAt === null);
        expect(known.map(({ eventId }) => eventId).toSorted()).toEqual(stories.open());
      });
    }),
    runs,
  );
});

test("where the agent has told meanwhile that IMDS is unreachable, nothing is told as if somebody had watched", () => {
  fc.assert(
    fc.property(anyHistory, (history) => {
      const watch = createWatch();
      for (const happening of history) {
        const { events } = happen(watch, happening) ?? { events: [] };
        if (happening.kind !== "document" || !happening.unreachable) continue;
        const asIfWatched = events.filter(
          ({ data: { outcome = "", phase, noticeMs } }) =>
            ["removed-before-start", "removed-after-notbefore"].includes(outcome) ||
            (phase === "started" && noticeMs === 0),
        );
        expect(asIfWatched).toEqual([]);
      }
    }),
    runs,
  );
});

test("the same document twice says nothing the second time, and there is nothing to store", () => {
  fc.assert(
    fc.property(anyHistory, (history) => {
      const watch = createWatch();
      play(history, watch, ({ observation, options }) => {
        const again = normalize(watch.known, { ...observation, unwatched: null }, options);
        expect(again).toMatchObject({ drafts: [], lifecycles: [] });
      });
    }),
    runs,
  );
});

test("replayed from what is on disk, the same answer gives the same events with the same ids", () => {
  fc.assert(
    fc.property(anyHistory, (history) => {
      const watch = createWatch();
      play(history, watch, (seen, before) => {
        const { drafts, lifecycles } = normalize(before, seen.observation, seen.options);
        expect({ drafts, lifecycles }).toEqual({ drafts: seen.drafts, lifecycles: seen.lifecycles });
      });
    }),
    runs,
  );
});

test("two VMs that see the same documents give the same ids", () => {
  fc.assert(
    fc.property(sharedHistory, (history) => {
      const watches = ["web-01", "web-02", null].map((name) => createWatch({ name }));
      const told = watches.map((watch) => {
        const ids: string[] = [];
        play(history, watch, (seen) => ids.push(...idsOf(seen)));
        return ids;
      });
      expect(told[1]).toEqual(told[0]);
      expect(told[2]).toEqual(told[0]);
    }),
    runs,
  );
});
