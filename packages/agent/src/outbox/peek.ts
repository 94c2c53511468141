import { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import { createKnowledge, type Knowledge } from "./tables/knowledge.ts";

/** What can be read of an outbox on a disk that lets nobody write. */
export interface Peek {
  readonly knowledge: Knowledge;
  /** The highest place given out. */
  readonly last: number;
  readonly isTaken: (source: string, id: string) => boolean;
  close(): void;
}

/**
 * Reads the file as it is, without the log beside it: a log needs a file that is written. Null where there is none that
 * can be read.
 */
export function peek(path: string): Peek | null {
  const url = pathToFileURL(path);
  url.search = "immutable=1";
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(url, { readOnly: true });
    const taken = database.prepare("SELECT 1 FROM event WHERE source = ? AND id = ?");
    const row = database.prepare("SELECT coalesce(max(seq), 0) AS last FROM event").get();
    const close = () => database?.close();
    return {
      knowledge: createKnowledge(database),
      last: Number(row?.["last"]),
      isTaken: (source, id) => taken.get(source, id) !== undefined,
      close,
    };
  } catch {
    database?.close();
    return null;
  }
}
