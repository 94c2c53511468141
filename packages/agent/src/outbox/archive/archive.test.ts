import { spawnSync } from "node:child_process";
import { chmodSync, chownSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { draft, drafts, now, observer } from "../fixtures/draft.ts";
import { temporaryPlace } from "../fixtures/place.ts";
import type { Outbox } from "../outbox.ts";
import type { DeadLetter, DeathReason } from "../tables/dead-letter.ts";
import { openArchive } from "./archive.ts";

const letter = (reason: DeathReason): DeadLetter => ({
  reason,
  message: `it was ${reason}`,
  status: 400,
  first: now,
  last: now + 5,
  excerpt: "bad field",
});

/** Four events; at the sink `a` the first is delivered, the second refused, the third expired, the fourth pending. */
function placeWithLetters() {
  const place = temporaryPlace();
  const outbox = place.open();
  outbox.subscribe("a", "start");
  outbox.subscribe("b", "start");
  const seqs = outbox.append(drafts(4), observer, {}).map(({ seq }) => seq) as [
    number,
    number,
    number,
    number,
  ];
  const [first, second, third] = seqs;
  const settle = (seq: number, at: number, dead?: DeadLetter) =>
    outbox.settle("a", [{ seq, at, attempts: 2, ...(dead === undefined ? {} : { dead }) }], third);
  settle(first, now + 120);
  settle(second, now + 10, letter("rejected"));
  settle(third, now + 20, letter("expired"));
  outbox.settle("b", [{ seq: first, at: now + 7, attempts: 1, dead: letter("rejected") }], first);
  return { place, outbox, seqs };
}

/** Writes what is settled at once: whoever applies limits must know. */
function written({ outbox }: { readonly outbox: Outbox }): void {
  outbox.retain([]);
}

const names = (letters: readonly { readonly sink: string; readonly id: string }[]) =>
  letters.map(({ sink, id }) => `${sink} ${id.replace(":scheduled", "")}`);

describe("letters", () => {
  test("are read beside the agent, with all that is known of their ends, in the order of these", () => {
    const home = placeWithLetters();
    written(home);
    using archive = openArchive(home.place.directory);
    expect(names(archive.letters({}))).toEqual(["b e0", "a e1", "a e2"]);
    const [found] = archive.letters({ ids: ["e1:scheduled"] });
    expect(found).toMatchObject({
      ...letter("rejected"),
      sink: "a",
      id: "e1:scheduled",
      type: "io.forewarn.scheduledevent.scheduled",
      key: "e1",
      time: now,
      at: now + 10,
      attempts: 2,
      place: home.seqs[1],
    });
    expect(JSON.parse(found?.json ?? "")).toMatchObject({ id: "e1:scheduled" });
  });

  test.each([
    [{ sink: "a" }, ["a e1", "a e2"]],
    [{ reason: "expired" as const }, ["a e2"]],
    [{ since: now + 10 }, ["a e1", "a e2"]],
    [{ ids: ["E0", "e2:scheduled"] }, ["b e0", "a e2"]],
    [{ sink: "a", ids: ["e0"] }, []],
  ])("are found by %j", (filter, expected) => {
    const home = placeWithLetters();
    written(home);
    using archive = openArchive(home.place.directory);
    expect(names(archive.letters(filter))).toEqual(expected);
  });

  test("put away are not shown unless asked for, not replayed, and no longer kept from ageing", () => {
    const home = placeWithLetters();
    written(home);
    using archive = openArchive(home.place.directory, "write");
    expect(names(archive.purge({ sink: "a" }))).toEqual(["a e1", "a e2"]);
    expect(archive.purge({ sink: "a" })).toEqual([]);
    expect(names(archive.letters({}))).toEqual(["b e0"]);
    expect(archive.letters({ ids: ["e1"] })).toMatchObject([
      { reason: "purged", message: "it was rejected" },
    ]);
    const { replayed, refused } = archive.replay({ ids: ["e1"] });
    expect(replayed).toEqual([]);
    expect(refused).toMatchObject([{ why: "it was purged: a person has put it away for good" }]);
    expect([home.outbox.deadLetters("a", 100), home.outbox.deadLetters("b", 100)]).toEqual([0, 1]);
    home.outbox.close();
    const strict = home.place.open({ limits: { retentionMs: -1, retentionBytes: 1e9, maxBytes: 1e9 } });
    strict.settle("a", [], home.seqs[3]);
    expect(strict.retain(["a"]).removed).toBe(3);
    expect(names(archive.letters({}))).toEqual(["b e0"]);
  });

  test("whose text was changed on disk or is gone are not replayed", () => {
    const home = placeWithLetters();
    written(home);
    const database = home.place.database();
    database.prepare("UPDATE event SET json = '' WHERE id = 'e1:scheduled'").run();
    database.exec(
      `UPDATE delivery SET dead = json_set(dead, '$.reason', 'evicted') WHERE dead LIKE '%rejected%'`,
    );
    database
      .prepare("UPDATE event SET json = replace(json, 'Reboot', 'Freeze') WHERE id = 'e2:scheduled'")
      .run();
    using archive = openArchive(home.place.directory, "write");
    const { replayed, refused } = archive.replay({ sink: "a" });
    expect(replayed).toEqual([]);
    expect(refused.map(({ why }) => why)).toEqual([
      "it was evicted: the outbox was full, and its content is gone",
      "its text on disk is not what was written",
    ]);
    expect(archive.letters({ sink: "a" })).toHaveLength(2);
  });
});

describe("history", () => {
  test("tells what became of each event at each sink, also of what is replayed", () => {
    const home = placeWithLetters();
    written(home);
    using archive = openArchive(home.place.directory, "write");
    archive.replay({ ids: ["e1"] });
    const told = archive
      .history({ limit: 10 })
      .map(({ id, passages }) => [
        id.replace(":scheduled", ""),
        ...passages.map(({ sink, state, afterMs, dead, replayed }) =>
          [sink, state, afterMs, dead?.reason, replayed && "replayed"]
            .filter((part) => part !== undefined)
            .join(" "),
        ),
      ]);
    expect(told).toEqual([
      ["e0", "a delivered 120", "b dead 7 rejected"],
      ["e1", "a pending replayed", "b pending"],
      ["e2", "a dead 20 expired", "b pending"],
      ["e3", "a pending", "b pending"],
    ]);
  });

  test.each([
    [{ limit: 2 }, ["e2", "e3"]],
    [{ limit: 9, since: now + 1 }, []],
    [{ limit: 9, until: now }, []],
    [{ limit: 9, since: now, until: now + 1 }, ["e0", "e1", "e2", "e3"]],
    [{ limit: 9, id: "E1" }, ["e1"]],
    [{ limit: 9, id: "e1:scheduled" }, ["e1"]],
    [{ limit: 9, types: ["*.scheduled"] }, ["e0", "e1", "e2", "e3"]],
    [{ limit: 9, types: ["io.forewarn.agent.*"] }, []],
    [{ limit: 9, sink: "b" }, ["e0", "e1", "e2", "e3"]],
    [{ limit: 9, sink: "nobody" }, []],
  ])("is narrowed by %j", (filter, expected) => {
    const home = placeWithLetters();
    written(home);
    using archive = openArchive(home.place.directory);
    expect(archive.history(filter).map(({ id }) => id.replace(":scheduled", ""))).toEqual(expected);
  });

  test("leaves out a sink that passed an event by", () => {
    const home = placeWithLetters();
    const { outbox, place } = home;
    const [{ seq } = { seq: 0 }] = outbox.append([draft("x")], observer, {});
    outbox.settle("b", [], seq);
    written(home);
    using archive = openArchive(place.directory);
    expect(archive.history({ limit: 1 })[0]?.passages).toEqual([{ sink: "a", state: "pending" }]);
  });
});

describe("a state directory that cannot be used", () => {
  const refusal = (directory: string, mode: "read" | "write" = "read"): string => {
    try {
      openArchive(directory, mode).letters({});
      return "none";
    } catch (error) {
      const { name, code, message } = error as Error & { readonly code: string };
      return `${name} ${code}: ${message.replaceAll(directory, "DIR")}`;
    }
  };

  test("is not there, or nothing was ever stored in it", () => {
    const { directory } = temporaryPlace();
    const text =
      "StateError STATE_MISSING: there is no outbox in DIR: no agent has run with this state directory yet, or it is another one";
    expect(refusal(directory)).toBe(text);
    mkdirSync(directory, { recursive: true });
    expect(refusal(directory)).toBe(text);
    writeFileSync(join(directory, "outbox.db"), "");
    expect([refusal(directory), refusal(directory, "write")]).toEqual([text, text]);
    expect(statSync(join(directory, "outbox.db")).size).toBe(0);
  });

  test("was written by a newer version", () => {
    const place = temporaryPlace();
    place.open().close();
    place.database().exec("PRAGMA user_version = 7");
    expect(refusal(place.directory)).toMatch(/^StateError STATE_TOO_NEW: .*schema 7, this one knows 1/);
  });

  test("is damaged", () => {
    const place = temporaryPlace();
    place.open().close();
    const path = join(place.directory, "outbox.db");
    const bytes = readFileSync(path);
    bytes.fill(0xab, 0, 60);
    writeFileSync(path, bytes);
    expect(refusal(place.directory)).toMatch(
      /^StateError STATE_DAMAGED: DIR\/outbox\.db is damaged .*start the agent/,
    );
  });

  test("holds a dead letter that cannot be read", () => {
    const home = placeWithLetters();
    written(home);
    home.place.database().exec("UPDATE delivery SET dead = '{' WHERE dead IS NOT NULL");
    expect(refusal(home.place.directory)).toMatch(/STATE_DAMAGED.*a dead letter cannot be read/);
  });

  test.runIf(process.getuid?.() === 0)("belongs to another user", () => {
    const home = placeWithLetters();
    written(home);
    const { directory } = home.place;
    chmodSync(join(directory, ".."), 0o755);
    const program = `import { openArchive } from ${JSON.stringify(join(import.meta.dirname, "archive.ts"))};
      process.setgid(65534);
      process.setuid(65534);
      try { openArchive(${JSON.stringify(directory)}); } catch (error) { console.log(error.code, error.message); }`;
    const { stdout } = spawnSync(
      process.execPath,
      ["--conditions=@forewarn/source", "--input-type=module-typescript", "-e", program],
      { encoding: "utf8", cwd: "/" },
    );
    expect(stdout).toMatch(
      /^STATE_NOT_READABLE cannot read .*, which belongs to another user \(uid 0\) .*sudo -u "#0"/,
    );
  });

  test.runIf(process.getuid?.() === 0)("of another user is left usable for that user by root", () => {
    const place = temporaryPlace();
    place.open().close();
    for (const name of [".", "outbox.db", "agent.lock"]) chownSync(join(place.directory, name), 65534, 65534);
    const archive = openArchive(place.directory);
    archive.history({ limit: 1 });
    const owners = ["outbox.db-wal", "outbox.db-shm"].map(
      (name) => statSync(join(place.directory, name)).uid,
    );
    archive.close();
    expect(owners).toEqual([65534, 65534]);
  });
});

test("another process reads and changes while the agent writes, and neither is ever refused", () => {
  const home = placeWithLetters();
  written(home);
  const outbox: Outbox = home.outbox;
  using archive = openArchive(home.place.directory, "write");
  for (let round = 0; round < 50; round++) {
    const [{ seq } = { seq: 0 }] = outbox.append([draft(`r${round}`)], observer, {});
    outbox.settle("a", [{ seq, at: now, attempts: 1, dead: letter("rejected") }], seq);
    written(home);
    expect(archive.replay({ ids: [`r${round}`] }).replayed).toHaveLength(1);
    expect(outbox.marked()).toBe(true);
    expect(outbox.replays("a")).toContain(seq);
  }
  expect(outbox.replays("a")).toHaveLength(50);
  expect(outbox.replays("b")).toEqual([]);
});
