import { expect, test, vi } from "vitest";
import { entryOf, nineOClock as now } from "../../fixtures/entries.ts";
import type { Paint } from "../../log/color.ts";
import { eventsTable } from "./events-table.ts";
import { entryJson } from "./scheduled-entry.ts";

vi.stubEnv("TZ", "UTC");

const plain: Paint = (_, text) => text;
const named: Paint = (style, text) => `<${String(style)}>${text}`;

const entries = [
  entryOf({ eventId: "B", eventType: "Freeze", resources: ["db-07"], durationSeconds: 5 }),
  entryOf({ eventId: "D", eventType: "Redeploy", eventSource: "User", notBefore: now + 6 * 86_400_000 }),
  entryOf({
    eventId: "A",
    eventType: "Freeze",
    eventStatus: "Started",
    resources: ["db-01", "db-02", "WEB-01", "db-03"],
    notBefore: null,
    durationSeconds: 9,
  }),
  entryOf({ eventId: "C", eventType: "Preempt", notBefore: now + 28_400 }),
  entryOf({ eventId: "E", notBefore: null, notBeforeRaw: "soon", resources: [], eventSource: null }),
  entryOf({ eventId: "F", eventType: "Freeze", notBefore: now - 120_000, durationSeconds: 0 }),
];

test("a table: what affects this VM first and marked, by the resource's name in any case (pitfalls 20, 23, 28)", () => {
  expect(eventsTable({ entries, ownName: "web-01", now }, plain)).toEqual([
    "WHAT      VM                               STATUS     WHEN                 IN         LASTS      BY        EVENT ID",
    "Freeze    web-01 (this VM), db-01, 2 more  Started    now                  -          9 s        Platform  A",
    "Freeze    web-01 (this VM)                 Scheduled  08:58:00             2 min ago  no impact  Platform  F",
    "Preempt   web-01 (this VM)                 Scheduled  09:00:28             28.4 s     ?          Platform  C",
    "Redeploy  web-01 (this VM)                 Scheduled  2026-12-04 09:00:00  6 d        ?          User      D",
    "Reboot    ?                                Scheduled  soon                 -          ?          ?         E",
    "Freeze    db-07                            Scheduled  09:15:00             15 min     5 s        Platform  B",
  ]);
});

test("where it does not fit, two lines an event", () => {
  const [first, second, ...more] = eventsTable({ entries, ownName: "web-01", now }, plain, 70);
  expect(more).toHaveLength(10);
  expect([first, second]).toEqual([
    "Freeze Started, now: web-01 (this VM), db-01, 2 more",
    "  lasts 9 s, by Platform, A",
  ]);
  expect(more.slice(2, 4)).toEqual([
    "Preempt Scheduled, 09:00:28 (in 28.4 s): web-01 (this VM)",
    "  lasts ?, by Platform, C",
  ]);
  expect(eventsTable({ entries, ownName: "web-01", now }, plain, 40)[0]).toBe(
    "Freeze Started, now: web-01 (this VM), …",
  );
});

test("own events in the colour of what they do, others dim; nothing is dim while the own name is unknown", () => {
  const styles = (ownName: string | null) =>
    eventsTable({ entries, ownName, now }, named)
      .slice(1)
      .map((line) => /^(?:<(\w+)>)?.* (\w)$/.exec(line)?.slice(1).join(" "));
  expect(styles("web-01")).toEqual(["yellow A", " F", "red C", "red D", "dim E", "dim B"]);
  expect(styles(null)).toEqual(["yellow A", "red E", " F", "red C", "yellow B", "red D"]);
});

test("of an id of 10 kB its beginning, which is enough to approve it", () => {
  const [, line = ""] = eventsTable(
    { entries: [entryOf({ eventId: "x".repeat(10_000) })], ownName: null, now },
    plain,
  );
  expect(line).toMatch(/ x{63}…$/);
});

test("no events", () => {
  expect(eventsTable({ entries: [], ownName: null, now }, plain)).toEqual(["No scheduled events now."]);
});

test("for programs: a time in RFC 3339, and whether this VM is meant as far as that is known", () => {
  expect(entryJson(entryOf(), "Web-01")).toMatchObject({
    notBefore: "2026-11-28T09:15:00.000Z",
    affectsSelf: true,
  });
  expect(entryJson(entryOf({ notBefore: null }), "web-02")).toMatchObject({
    notBefore: null,
    affectsSelf: false,
  });
  expect(entryJson(entryOf(), null)).not.toHaveProperty("affectsSelf");
});
