import { describe, expect, test } from "vitest";
import type { EventDraft } from "../../normalize/draft.ts";
import type { Lifecycle } from "../../normalize/lifecycle.ts";
import { draft, drafts, now, observer } from "../fixtures/draft.ts";
import { temporaryPlace } from "../fixtures/place.ts";

const all = { after: 0, limit: 1000 };
const seqs = (envelopes: readonly { readonly seq: number }[]) => envelopes.map(({ seq }) => seq);

/** A draft whose data has no JSON. */
const unwritable = draft("broken", { data: { eventId: 1n } as unknown as EventDraft["data"] });

const lifecycle = (eventId: string, goneAt: number | null = null) =>
  ({ eventId, goneAt, occurrence: 1, ids: {} }) as unknown as Lifecycle;

describe("append", () => {
  test("returns the events with their places, as they are read back", () => {
    const outbox = temporaryPlace().open();
    const appended = outbox.append([draft("a"), draft("b", { time: now + 1 })], observer, {});
    expect(appended).toMatchObject([
      { key: "a", id: "a:scheduled", type: "io.forewarn.scheduledevent.scheduled", time: now, intact: true },
      { key: "b", id: "b:scheduled", time: now + 1, event: { specversion: "1.0", source: "/vm/1" } },
    ]);
    const read = outbox.next("any", all.after, all.limit);
    expect(read.map(({ event }) => event)).toEqual(appended.map(({ event }) => event));
    expect(read.map(({ json }) => json)).toEqual(appended.map(({ json }) => json));
    expect(JSON.parse(appended[0]?.json as string)).toEqual(appended[0]?.event);
  });

  test("an event without a subject has its type as key", () => {
    const [envelope] = temporaryPlace()
      .open()
      .append([draft("a", { subject: null })], observer, {});
    expect(envelope).toMatchObject({ key: "io.forewarn.scheduledevent.scheduled" });
    expect(envelope?.event).not.toHaveProperty("subject");
  });

  test("the events cannot be changed by who reads them", () => {
    const [envelope] = temporaryPlace()
      .open()
      .append([draft("a")], observer, {});
    expect(Object.isFrozen(envelope?.event)).toBe(true);
    expect(Object.isFrozen(envelope?.event.data.vm.tags)).toBe(true);
  });

  test("places rise without a gap, from unix ms × 1000 on, and each event bears its own", () => {
    const outbox = temporaryPlace().open();
    const appended = [
      ...outbox.append(drafts(3), observer, {}),
      ...outbox.append([draft("later")], observer, {}),
    ];
    const first = now * 1000;
    expect(seqs(appended)).toEqual([first, first + 1, first + 2, first + 3]);
    expect(appended.map(({ event }) => event.sequence)).toEqual(
      seqs(appended).map((seq) => String(seq).padStart(20, "0")),
    );
  });

  test("a file that is opened again goes on above what it had, also where the clock went back", () => {
    const place = temporaryPlace();
    const outbox = place.open();
    const [last] = outbox.append([draft("a")], observer, {});
    outbox.close();
    const again = place.open({ clock: { now: () => 0, monotonic: () => 0, sleep: async () => {} } });
    expect(seqs(again.append([draft("b")], observer, {}))).toEqual([(last?.seq as number) + 1]);
  });

  test("a place is never given out twice, also when every event was removed", () => {
    const place = temporaryPlace();
    const outbox = place.open();
    const [, last] = outbox.append(drafts(2), observer, {});
    outbox.subscribe("sink", "now");
    place.database().exec("DELETE FROM event");
    outbox.close();
    expect(seqs(place.open().append([draft("b")], observer, {}))).toEqual([(last?.seq as number) + 1]);
  });

  test("an id that this source has used gets a number", () => {
    const outbox = temporaryPlace().open();
    const append = (source: string) =>
      outbox.append([draft("a")], { ...observer, source }, {}).map(({ id, event }) => [id, event.id]);
    expect(append("/vm/1")).toEqual([["a:scheduled", "a:scheduled"]]);
    expect(append("/vm/1")).toEqual([["a:scheduled:2", "a:scheduled:2"]]);
    expect(append("/vm/1")).toEqual([["a:scheduled:3", "a:scheduled:3"]]);
    expect(append("/vm/2")).toEqual([["a:scheduled", "a:scheduled"]]);
  });

  test("twice the same id in one append", () => {
    const outbox = temporaryPlace().open();
    const ids = outbox.append([draft("a"), draft("a")], observer, {}).map(({ id }) => id);
    expect(ids).toEqual(["a:scheduled", "a:scheduled:2"]);
  });
});

describe("what the source remembers", () => {
  test("is read back, also after reopening", () => {
    const place = temporaryPlace();
    const outbox = place.open();
    expect(outbox.checkpoint("poll")).toBeNull();
    expect(outbox.lifecycles()).toEqual(new Map());
    outbox.append([], observer, { lifecycles: [lifecycle("a"), lifecycle("b")], checkpoints: { poll: 1 } });
    outbox.append([], observer, {
      lifecycles: [lifecycle("b", now)],
      checkpoints: { poll: { at: [2] }, boot: "x" },
    });
    const expected = new Map([
      ["a", lifecycle("a")],
      ["b", lifecycle("b", now)],
    ]);
    expect(outbox.lifecycles()).toEqual(expected);
    outbox.close();
    const again = place.open();
    expect(again.lifecycles()).toEqual(expected);
    expect(again.checkpoint("poll")).toEqual({ at: [2] });
    expect(again.checkpoint("boot")).toBe("x");
  });

  test("is stored together with the events or not at all", () => {
    const place = temporaryPlace();
    const outbox = place.open();
    const before = outbox.append([draft("a")], observer, { checkpoints: { poll: 1 } });
    expect(() =>
      outbox.append([draft("b"), unwritable], observer, {
        lifecycles: [lifecycle("b")],
        checkpoints: { poll: 2 },
      }),
    ).toThrow(TypeError);
    expect(seqs(outbox.next("any", all.after, all.limit))).toEqual(seqs(before));
    expect(outbox.lifecycles()).toEqual(new Map());
    expect(outbox.checkpoint("poll")).toBe(1);

    const [next] = outbox.append([draft("b")], observer, { checkpoints: { poll: 2 } });
    expect(next?.seq).toBe((before[0]?.seq as number) + 1);
    expect(outbox.checkpoint("poll")).toBe(2);
  });

  test("a checkpoint that cannot be written takes the events with it", () => {
    const outbox = temporaryPlace().open();
    expect(() => outbox.append([draft("a")], observer, { checkpoints: { poll: 1n } })).toThrow(TypeError);
    expect(outbox.next("any", all.after, all.limit)).toEqual([]);
  });
});

describe("the checksum", () => {
  test("tells one flipped byte on disk", () => {
    const place = temporaryPlace();
    const outbox = place.open();
    const appended = outbox.append([draft("a"), draft("b")], observer, {});
    place
      .database()
      .prepare("UPDATE event SET json = replace(json, 'Reboot', 'Rebooc') WHERE seq = ?")
      .run(appended[0]?.seq as number);
    expect(outbox.next("any", all.after, all.limit).map(({ intact }) => intact)).toEqual([false, true]);
  });

  test("holds for any text", () => {
    const outbox = temporaryPlace().open();
    const data = { description: "é 日本 🧨 \u0000 \ud800 \u2028" } as unknown as EventDraft["data"];
    outbox.append([draft("a", { data })], observer, {});
    const [envelope] = outbox.next("any", all.after, all.limit);
    expect(envelope?.intact).toBe(true);
    expect(envelope?.event.data).toMatchObject(data);
  });
});
