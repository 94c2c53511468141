import { describe, expect, test, vi } from "vitest";
import { entryOf, nineOClock as now } from "../../fixtures/entries.ts";
import { byEventId, changesBetween, changeText } from "./event-change.ts";

vi.stubEnv("TZ", "UTC");

const id = entryOf().eventId;
const documentOf = (...entries: readonly ReturnType<typeof entryOf>[]) => byEventId(entries);
const texts = (
  ...documents: readonly [Parameters<typeof changesBetween>[0], ReturnType<typeof documentOf>]
) => changesBetween(...documents).map((change) => changeText(change, "web-01", now));

describe("between two documents", () => {
  test("the first one: what is present; the same once more: nothing (pitfall 25)", () => {
    const document = documentOf(entryOf());
    expect(texts(null, document)).toEqual([
      `PRESENT   Reboot of web-01 (this VM): Scheduled, 09:15:00 (in 15 min), by Platform; ${id}`,
    ]);
    expect(texts(document, documentOf(entryOf()))).toEqual([]);
  });

  test("appeared, gone", () => {
    const entry = entryOf({ eventType: "Freeze", durationSeconds: 9, resources: ["db-07"] });
    expect(texts(documentOf(), documentOf(entry))).toEqual([
      `APPEARED  Freeze of db-07: Scheduled, 09:15:00 (in 15 min), by Platform, lasts 9 s; ${id}`,
    ]);
    expect(texts(documentOf(entry), documentOf())).toEqual([
      `GONE      Freeze of db-07, it was Scheduled; ${id}`,
    ]);
  });

  test("changed: status, time and VMs, each with what it was (pitfall 27)", () => {
    const started = entryOf({ eventStatus: "Started", notBefore: null, resources: ["web-01", "web-02"] });
    expect(texts(documentOf(entryOf()), documentOf(started))).toEqual([
      `CHANGED   Reboot of web-01 (this VM), web-02: eventStatus Scheduled → Started, resources web-01 → web-01 web-02, notBefore 09:15:00 → now; ${id}`,
    ]);
    const sooner = entryOf({ notBefore: now + 60_000, description: "" });
    expect(texts(documentOf(entryOf()), documentOf(sooner))).toEqual([
      `CHANGED   Reboot of web-01 (this VM): description Host server is undergoing maintenance. → "", notBefore 09:15:00 → 09:01:00; ${id}`,
    ]);
  });

  test("the same moment in another form, or the id in other letters, is no change (pitfall 37)", () => {
    const iso = entryOf({ eventId: id.toLowerCase(), notBeforeRaw: "2026-11-28T09:15:00Z" });
    expect(texts(documentOf(entryOf()), documentOf(iso))).toEqual([]);
  });

  test("of an id that occurs twice the Started one counts, else the last", () => {
    const started = entryOf({ eventStatus: "Started", notBefore: null });
    expect(documentOf(started, entryOf()).get(id.toLowerCase())).toBe(started);
    const last = entryOf({ durationSeconds: 9 });
    expect(documentOf(entryOf(), last).get(id.toLowerCase())).toBe(last);
  });

  test("a text of Azure's cannot forge a line", () => {
    const [text] = texts(documentOf(), documentOf(entryOf({ eventType: "Re\nboot\u001b[2J" })));
    expect(text).toContain("Re boot[2J of");
  });
});
