import { copyFileSync, existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { settlements } from "../fixtures/contents.ts";
import { draft, observer } from "../fixtures/draft.ts";
import { temporaryPlace } from "../fixtures/place.ts";
import { version } from "./schema.ts";

const golden = (of: number) => join(import.meta.dirname, "golden", `version-${of}.db`);

/** Each file was written by the first program of its version: three events, of which `a` has one and refused another. */
test.each(Array.from({ length: version }, (_, index) => index + 1))(
  "a state directory of schema version %i is taken over, with all that it holds",
  (of) => {
    expect(existsSync(golden(of)), `${golden(of)} must be written by a program of version ${of}`).toBe(true);
    const place = temporaryPlace();
    mkdirSync(place.directory);
    copyFileSync(golden(of), join(place.directory, "outbox.db"));
    const outbox = place.open();
    expect(outbox.troubles()).toEqual([]);
    const position = outbox.subscribe("a", "now");
    expect(outbox.next("a", position, 10).map(({ id, intact }) => [id, intact])).toEqual([
      ["e2:scheduled", true],
    ]);
    expect(outbox.checkpoint("poll")).toEqual({ lastGood: 1_795_377_600_000 });
    expect([...outbox.lifecycles().keys()]).toEqual(["e0"]);
    expect(outbox.append([draft("e0")], observer, {})[0]?.id).toBe("e0:scheduled:2");
    outbox.close();
    expect(place.database().prepare("PRAGMA user_version").get()).toEqual({ user_version: version });
    expect(settlements(place.database())).toEqual(["a: e0", "a: e1 rejected"]);
  },
);
