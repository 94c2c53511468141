import type { DatabaseSync } from "node:sqlite";

/** A person's wish that a sink gets events again, as it stands among the checkpoints until all of them are settled. */
export interface Mark {
  readonly sink: string;
  /** Places in the outbox, whose dead letters were taken away in the same transaction. */
  readonly places: readonly number[];
}

/** SQL: the checkpoints that are marks. Their names go on with a UUIDv7, so none is ever changed, and they are in order. */
export const isMark = "name >= 'replay:' AND name < 'replay;'";

/** The name of a mark. */
export function markName(uuid: string): string {
  return `replay:${uuid}`;
}

/** Finds what another process wants to be delivered again. */
export interface Marks {
  /** Whether there are marks that were not there when this was last asked; one that is finished is removed. */
  marked(): boolean;
  /** The places at which a sink is to get an event again, and has not yet, in order. */
  replays(sink: string): readonly number[];
}

/**
 * Reads marks; `flush` writes what is settled. A mark stands until its events are settled on disk, so no crash loses a
 * replay.
 */
export function createMarks(database: DatabaseSync, flush: () => void): Marks {
  const names = database.prepare(`SELECT name FROM checkpoint WHERE ${isMark} ORDER BY name`);
  const named = database.prepare("SELECT json FROM checkpoint WHERE name = ?");
  const all = database.prepare(`SELECT json FROM checkpoint WHERE ${isMark}`);
  const open = database.prepare(
    `SELECT value AS seq FROM json_each(:places) WHERE EXISTS (SELECT 1 FROM event e WHERE e.seq = value AND e.json <> '')
      AND NOT EXISTS (SELECT 1 FROM delivery d WHERE d.seq = value AND d.sink = :sink)`,
  );
  const forget = database.prepare("DELETE FROM checkpoint WHERE name = ?");
  let seen: ReadonlySet<string> = new Set();
  let turn = 0;

  const openOf = ({ sink, places }: Mark) =>
    open.all({ sink, places: JSON.stringify(places) }).map(({ seq }) => Number(seq));

  /** Looks at one mark at a time, since a sink that is down may leave many open for long. */
  function removeFinished(found: readonly string[]): void {
    const name = found[turn++ % found.length];
    const json = name === undefined ? undefined : named.get(name)?.["json"];
    if (name === undefined || json === undefined) return;
    flush();
    if (openOf(JSON.parse(String(json)) as Mark).length === 0) forget.run(name);
  }

  return {
    marked() {
      const found = names.all().map(({ name }) => String(name));
      const isNew = found.some((name) => !seen.has(name));
      seen = new Set(found);
      if (found.length > 0 && !isNew) removeFinished(found);
      return isNew;
    },
    replays(sink) {
      const marks = all.all().map(({ json }) => JSON.parse(String(json)) as Mark);
      const own = marks.filter((mark) => mark.sink === sink);
      if (own.length === 0) return [];
      flush();
      return [...new Set(own.flatMap(openOf))].toSorted((a, b) => a - b);
    },
  };
}
