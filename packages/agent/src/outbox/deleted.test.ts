import { existsSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { draft, drafts, now, observer } from "./fixtures/draft.ts";
import { temporaryPlace } from "./fixtures/place.ts";
import { StateError } from "./state/state-error.ts";

describe("a state directory that is deleted under the agent", () => {
  test("is made again, with all that it held, and locked again", () => {
    const place = temporaryPlace();
    const outbox = place.open();
    outbox.subscribe("a", "start");
    const [first] = outbox.append(drafts(3), observer, { checkpoints: { poll: { lastGood: 1 } } });
    outbox.settle("a", [{ seq: first?.seq as number, at: now, attempts: 1 }], first?.seq as number);
    rmSync(place.directory, { recursive: true });
    outbox.look();
    expect(outbox.troubles()).toMatchObject([{ reason: "deleted" }]);
    expect(statSync(join(place.directory, "outbox.db")).mode & 0o777).toBe(0o600);
    expect(() => place.open()).toThrow(StateError);
    outbox.append([draft("after")], observer, {});
    outbox.look();
    expect(outbox.troubles()).toEqual([]);
    outbox.close();
    const again = place.open();
    const position = again.subscribe("a", "now");
    expect(again.next("a", position, 10).map(({ id }) => id)).toEqual([
      "e1:scheduled",
      "e2:scheduled",
      "after:scheduled",
    ]);
    expect(again.checkpoint("poll")).toEqual({ lastGood: 1 });
    expect(place.database().prepare("PRAGMA journal_mode").get()).toEqual({ journal_mode: "wal" });
    expect(place.database().prepare("PRAGMA auto_vacuum").get()).toEqual({ auto_vacuum: 2 });
  });

  test("is left alone while it is there", () => {
    const place = temporaryPlace();
    const outbox = place.open();
    outbox.look();
    expect(outbox.troubles()).toEqual([]);
    expect(existsSync(place.directory)).toBe(true);
  });
});
