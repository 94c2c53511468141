import { describe, expect, it } from "vitest";
import { noon, scheduled } from "../fixtures/events.ts";
import { createStories } from "./stories.ts";
import { storySoFar } from "./story.ts";

const minute = 60_000;
const told = (...[different, earlier = {}, now = noon + 20 * minute]: [object, object?, number?]) =>
  storySoFar(scheduled(different, 20 * minute), earlier, now).replaceAll(
    /<!date\^\d+\^[^|]*\|([^>]*) UTC>/g,
    "$1",
  );

describe("what came before, when it was told by this process", () => {
  const earlier = {
    announcedAt: noon,
    startedAt: noon + 15 * minute,
    data: scheduled({ durationSeconds: 9 }).data,
  };

  it.each([
    [
      { phase: "updated", changed: ["notBefore", "durationSeconds", "resources", "somethingNew"] },
      "*Changed:* time (was 2026-11-22 12:15:00), duration (was about 9 s), VMs (was `web-01`), `somethingNew`. Announced 2026-11-22 12:00:00 (20 min ago).",
    ],
    [{ phase: "started", noticeMs: 15 * minute }, "Announced 2026-11-22 12:00:00, 15 min before it started."],
    [
      { phase: "completed", noticeMs: 15 * minute },
      "It had started 2026-11-22 12:15:00, 15 min after it was announced, and took 5 min.",
    ],
    [
      { phase: "canceled", outcome: "removed-before-start" },
      "Announced 2026-11-22 12:00:00 (20 min ago). Canceled before its time (2026-11-22 12:15:00). Azure does not say so; it only stopped naming it.",
    ],
  ])("%j", (different, expected) => {
    expect(told(different, earlier)).toBe(expected);
  });
});

describe("what came before, when only the event can tell, as after a restart", () => {
  it.each([
    [{ phase: "scheduled" }, ""],
    [
      { phase: "scheduled", occurrence: 2 },
      "It had been announced before and was gone; now it is back (occurrence 2).",
    ],
    [{ phase: "updated", changed: ["notBefore"] }, "*Changed:* time."],
    [{ phase: "updated" }, "*Changed:* its content."],
    [
      { phase: "approved", approval: { by: "command", user: "<!channel>" } },
      "Its start was approved by &lt;!channel&gt; with forewarn approve.",
    ],
    [{ phase: "started", noticeMs: 15 * minute }, "Announced 15 min before it started."],
    [{ phase: "started", noticeMs: 0 }, "*Without notice:* it was under way when Azure first named it."],
    [
      { phase: "started", noticeMs: null, gapMs: 2 * 60 * minute },
      "Nobody watched for 2 h: when it was announced and began is not known.",
    ],
    [{ phase: "completed", noticeMs: 0 }, "It had started without notice."],
    [{ phase: "completed", noticeMs: null }, "It had started while nobody watched."],
    [
      { phase: "completed", outcome: "machine-restarted", gapMs: 5 * minute },
      "It restarted the VM while nobody watched for 5 min.",
    ],
    [
      { phase: "ended", outcome: "removed-after-notbefore" },
      "Gone after its time (2026-11-22 12:15:00); its start was not seen: it was over between two looks, or called off.",
    ],
    [
      { phase: "ended", outcome: "removed-after-approval" },
      "It was approved and is gone; its start was not seen.",
    ],
    [
      { phase: "ended", outcome: "notbefore-unknown", notBefore: null },
      "Gone; Azure never said when it was due, so it may have happened or not.",
    ],
    [
      { phase: "ended", outcome: "not-observed", gapMs: 90_000 },
      "Gone while nobody watched for 1 min 30 s: it may have happened (2026-11-22 12:15:00), or not.",
    ],
    [{ phase: "ended", outcome: "an-outcome-to-come" }, "Azure no longer names it."],
  ])("%j", (different, expected) => {
    expect(told(different)).toBe(expected);
  });
});

describe("the memory of stories", () => {
  it("keeps occurrences apart, and forgets what is over", () => {
    const stories = createStories();
    stories.remember(scheduled());
    expect(stories.earlier(scheduled({ phase: "started" })).announcedAt).toBe(noon);
    expect(stories.earlier(scheduled({ phase: "started", occurrence: 2 }))).toEqual({});
    stories.remember(scheduled({ phase: "completed" }));
    expect(stories.earlier(scheduled({ phase: "scheduled" }))).toEqual({});
  });

  it("holds a thousand", () => {
    const stories = createStories();
    for (let number = 0; number < 1001; number++) stories.remember(scheduled({ eventId: `e${number}` }));
    expect(stories.earlier(scheduled({ eventId: "e0" }))).toEqual({});
    expect(stories.earlier(scheduled({ eventId: "e1" }))).not.toEqual({});
  });
});
